import type { CheckContext, DestinationContext, Finding } from "../core/define.ts";
import { GatewayError } from "../core/errors.ts";
import { answerOfJson, type Respond, type Responded, type Responder } from "../core/respond.ts";
import type { ModuleSource, Outcome, Parcel } from "../core/types.ts";
import { type CodeModule, codeModule, codeParcel, moduleAddress } from "./code-module.ts";
import { moduleFindings } from "./code-probe.ts";
import type { ChildStart, ModuleRef } from "./code-protocol.ts";
import { IsolatedCode } from "./isolated-code.ts";
import { callRespond } from "./respond-module.ts";

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

function answered(json: string | undefined): Responded {
  const answer = json === undefined ? undefined : answerOfJson(json);
  return answer === undefined ? { kind: "none", why: "unusable" } : { kind: "answered", answer };
}

/** A module that can't be loaded stays so until a restart, since Node keeps a failed import. */
function inline({ module }: Respond, opening: RespondOpening): Responder {
  let loaded: Promise<CodeModule> | undefined;
  const load = async (): Promise<CodeModule> => {
    const url = typeof module === "function" ? undefined : addressOf(module, opening);
    const namespace = typeof module === "function" ? await module() : await import(url ?? "");
    return codeModule(namespace, "respond");
  };
  const call = async (parcel: Parcel, signal: AbortSignal): Promise<Responded> => {
    const { body } = parcel;
    try {
      loaded ??= load();
      const end = await callRespond(await loaded, codeParcel(parcel), {
        signal,
        body,
        log: (text, fields) => opening.log(text, { ...fields, event: parcel.event.id }),
      });
      return end.failure === undefined ? answered(end.result) : { kind: "none", why: "failed" };
    } catch {
      return { kind: "none", why: "failed" };
    }
  };
  return { ask: call, close: async () => undefined };
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
