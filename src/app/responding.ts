/** Opens the modules of sources that answer by one. */

import type { DestinationContext, Finding } from "../core/define.ts";
import type { Log } from "../core/log.ts";
import type { Mistake } from "../core/mistakes.ts";
import type { Responder } from "../core/respond.ts";
import type { Source } from "../core/settings.ts";
import { openResponder, respondFindings } from "../destinations/respond.ts";
import type { LoadedConfig } from "./load-config.ts";
import { workerPrelude } from "./resolve-hook.ts";

/** The modules, by their sources' names, until they are closed. */
export type OpenResponding = {
  readonly responders: ReadonlyMap<string, Responder>;
  readonly close: () => Promise<void>;
};

/** Opens those of a config. Throws CONFIG_INVALID where one can't be found. */
export function openResponding({ gateway, url }: LoadedConfig, log: Log): OpenResponding {
  const say: DestinationContext["log"] = (text, fields = {}) => log.info(fields, text);
  const place = { now: Date.now, log: say, configUrl: url, workerPrelude };
  const opened = gateway.sources.flatMap(({ name, respond }) =>
    respond === undefined
      ? []
      : [[name, openResponder(respond, { ...place, source: name })] as const],
  );
  return {
    responders: new Map(opened),
    close: async () => {
      await Promise.all(opened.map(([, responder]) => responder.close()));
    },
  };
}

/** What is wrong with the modules of sources, looked at without a call. */
export async function respondMistakes(
  sources: readonly Source[],
  configUrl: string,
): Promise<readonly (Mistake & Pick<Finding, "mayPass">)[]> {
  const findings = sources.map(async ({ name, respond }) => {
    if (respond === undefined) return [];
    const found = await respondFindings(respond, { source: name, configUrl, workerPrelude });
    return found.map(({ expected, hint, mayPass = false }) => ({
      path: `sources.${name}.respond`,
      expected,
      hint,
      mayPass,
    }));
  });
  return (await Promise.all(findings)).flat();
}
