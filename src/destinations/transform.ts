import type { CheckContext, DestinationContext, Finding } from "../core/define.ts";
import { GatewayError } from "../core/errors.ts";
import type { Transformed } from "../core/form.ts";
import { standardMemoryMb } from "../core/isolation.ts";
import type { ModuleSource, Parcel } from "../core/types.ts";
import { moduleAddress } from "./code-module.ts";
import { moduleFindings } from "./code-probe.ts";
import type { ChildStart, ModuleRef } from "./code-protocol.ts";
import { IsolatedCode } from "./isolated-code.ts";

/** A transform whose process runs, until it is closed. */
export type OpenTransform = {
  readonly apply: (parcel: Parcel, signal: AbortSignal) => Promise<Transformed>;
  readonly close: () => Promise<void>;
};

/** What a transform is opened with; `at` is its route's place in the config. */
export type TransformOptions = Pick<DestinationContext, "timeoutMs" | "now" | "log"> &
  TransformPlace;

/** Where a transform stands. */
type TransformPlace = Pick<CheckContext, "configUrl" | "workerPrelude"> & { readonly at: number };

/** Opens the module of a route in a process of its own, as a code destination's. Throws CONFIG_INVALID. */
export function openTransform(module: ModuleSource, options: TransformOptions): OpenTransform {
  const { at, timeoutMs, now, log } = options;
  const context = { name: nameAt(at), timeoutMs, now, log };
  const worker = new IsolatedCode(context, startOf(module, options));
  worker.warm();
  return {
    apply: async (parcel, signal) => {
      const outcome = await worker.send(parcel, signal);
      // A run that ended well has its result as detail.
      if (outcome.kind === "delivered") return { kind: "payload", json: outcome.detail ?? "null" };
      if (outcome.kind !== "failed") return outcome;
      return { ...outcome, detail: outcome.detail.replace(/^handle /, "transform ") };
    },
    close: worker.close,
  };
}

/** What is wrong with the module of a route, looked at without a call. */
export function transformFindings(
  module: ModuleSource,
  place: TransformPlace,
): Promise<readonly Finding[]> {
  return moduleFindings(nameAt(place.at), startOf(module, place));
}

function nameAt(at: number): string {
  return `routes[${at}].transform`;
}

function startOf(module: ModuleSource, place: TransformPlace): ChildStart {
  const prelude = place.workerPrelude ?? [];
  return { prelude, module: refOf(module, place), calls: "transform", memoryMb: standardMemoryMb };
}

function refOf(module: ModuleSource, { at, configUrl }: TransformPlace): ModuleRef {
  if (typeof module !== "function") {
    const url = moduleAddress(module, configUrl);
    if (url !== undefined) return { kind: "address", url };
  } else if (configUrl !== undefined) {
    return { kind: "route", url: configUrl, at };
  }
  const instead = 'give its address: new URL("./module.ts", import.meta.url)';
  throw new GatewayError(
    "CONFIG_INVALID",
    `${nameAt(at)}: it has no config file to start from; ${instead}`,
  );
}
