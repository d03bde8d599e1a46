/** Opens what routes need to give events another form: the processes of their transforms. */
import type { DestinationContext } from "../core/define.ts";
import { type Forming, hasForms } from "../core/form.ts";
import type { Log } from "../core/log.ts";
import type { Parcel, Route } from "../core/types.ts";
import { type OpenTransform, openTransform } from "../destinations/transform.ts";
import type { LoadedConfig } from "./load-config.ts";
import { workerPrelude } from "./resolve-hook.ts";

/** Gives forms until it is closed; `forming` is undefined where everything goes out raw. */
export type OpenForming = {
  readonly forming: Forming | undefined;
  readonly close: () => Promise<void>;
};

/** Opens the transforms of a config. Throws CONFIG_INVALID where one can't be found. */
export function openForming(
  { gateway, url }: LoadedConfig,
  { log, decode }: { readonly log: Log; readonly decode: (parcel: Parcel) => Buffer },
): OpenForming {
  const { routes, destinations } = gateway;
  if (!hasForms(routes)) return { forming: undefined, close: async () => undefined };
  const timeoutMs = Math.max(...destinations.map(({ pacing }) => pacing.timeoutMs));
  const say: DestinationContext["log"] = (text, fields = {}) => log.info(fields, text);
  const transforms = new Map<Route, OpenTransform>();
  for (const [at, route] of routes.entries()) {
    if (route.transform === undefined) continue;
    const shared = { timeoutMs, now: Date.now, configUrl: url, workerPrelude };
    transforms.set(route, openTransform(route.transform, { ...shared, at, log: say }));
  }
  return {
    forming: {
      routes,
      decode,
      transform: async (route, parcel, signal) =>
        (await transforms.get(route)?.apply(parcel, signal)) ?? missing,
    },
    close: async () => {
      await Promise.all([...transforms.values()].map((one) => one.close()));
    },
  };
}

const missing = {
  kind: "failed",
  code: "INTERNAL",
  detail: "the route's transform is not open",
} as const;
