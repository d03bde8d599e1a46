import type { CheckContext, DestinationContext, Finding } from "../core/define.ts";
import { GatewayError } from "../core/errors.ts";
import type { Respond, Responded, Responder } from "../core/respond.ts";
import type { ModuleSource, Outcome } from "../core/types.ts";
import { moduleAddress } from "./code-module.ts";
import { moduleFindings } from "./code-probe.ts";
import type { ChildStart, ModuleRef } from "./code-protocol.ts";
import { answered, inlineResponder } from "./inline-respond.ts";
import { IsolatedCode } from "./isolated-code.ts";

/** What a source's module is opened with. */
export type RespondOpening = Pick<DestinationContext, "now" | "log"> & RespondPlace;

/** Where a source's module stands. */
type RespondPlace = Pick<CheckContext, "configUrl" | "workerPrelude"> & {
  readonly source: string;
};

/** Opens the module of a source that answers by one, as a code destination's. Throws CONFIG_INVALID. */
export function openResponder(respond: Respond, opening: RespondOpening): Responder {
  return respond.isolation === "none" ? inline(respond, opening) : isolated(respond, opening);
}

/** What is wrong with the module of a source, looked at without a call. */
export function respondFindings(
  respond: Respond,
  place: RespondPlace,
): Promise<readonly Finding[]> {
  return moduleFindings(nameOf(place), startOf(respond, place));
}

function isolated(respond: Respond, opening: RespondOpening): Responder {
  const { now, log } = opening;
  const context = { name: nameOf(opening), timeoutMs: respond.withinMs, now, log };
  const worker = new IsolatedCode(context, startOf(respond, opening));
  worker.warm();
  return {
    ask: async (parcel, signal) => respondedOf(await worker.send(parcel, signal)),
    close: worker.close,
  };
}

/** A run that ended well has its result as detail. */
function respondedOf(outcome: Outcome): Responded {
  if (outcome.kind === "delivered") return answered(outcome.detail);
  const isLate = outcome.kind === "failed" && outcome.code === "DESTINATION_TIMEOUT";
  return { kind: "none", why: isLate ? "late" : "failed" };
}

function inline({ module }: Respond, opening: RespondOpening): Responder {
  const url = typeof module === "function" ? undefined : addressOf(module, opening);
  const load = typeof module === "function" ? module : () => import(url ?? "");
  return inlineResponder(load, opening.log);
}

function nameOf({ source }: RespondPlace): string {
  return `sources.${source}.respond`;
}

function startOf({ module, memoryMb }: Respond, place: RespondPlace): ChildStart {
  const prelude = place.workerPrelude ?? [];
  return { prelude, module: refOf(module, place), calls: "respond", memoryMb };
}

function refOf(module: ModuleSource, place: RespondPlace): ModuleRef {
  const { source, configUrl } = place;
  if (typeof module !== "function") return { kind: "address", url: addressOf(module, place) };
  if (configUrl !== undefined) return { kind: "source", url: configUrl, source };
  throw homeless(place);
}

function addressOf(module: string | URL, place: RespondPlace): string {
  const url = moduleAddress(module, place.configUrl);
  if (url === undefined) throw homeless(place);
  return url;
}

function homeless(place: RespondPlace): GatewayError {
  const instead = 'give its address: new URL("./module.ts", import.meta.url)';
  return new GatewayError(
    "CONFIG_INVALID",
    `${nameOf(place)}: it has no config file to start from; ${instead}`,
  );
}
