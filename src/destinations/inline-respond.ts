/** A source's module in the process that receives: `isolation: "none"`, and always on AWS. */
import type { DestinationContext } from "../core/define.ts";
import { answerOfJson, type Responded, type Responder } from "../core/respond.ts";
import type { Parcel } from "../core/types.ts";
import { type CodeModule, codeModule, codeParcel } from "./code-module.ts";
import { callRespond } from "./respond-module.ts";

/** Answers by a module that is loaded at its first call. One that can't be loaded stays so until a restart, since Node keeps a failed import. */
export function inlineResponder(
  load: () => Promise<unknown>,
  say: DestinationContext["log"],
): Responder {
  let loaded: Promise<CodeModule> | undefined;
  const moduleOnce = () => {
    loaded ??= load().then((namespace) => codeModule(namespace, "respond"));
    return loaded;
  };
  const ask = async (parcel: Parcel, signal: AbortSignal): Promise<Responded> => {
    const { body } = parcel;
    try {
      const end = await callRespond(await moduleOnce(), codeParcel(parcel), {
        signal,
        body,
        log: (text, fields) => say(text, { ...fields, event: parcel.event.id }),
      });
      return end.failure === undefined ? answered(end.result) : { kind: "none", why: "failed" };
    } catch {
      return { kind: "none", why: "failed" };
    }
  };
  return { ask, close: async () => undefined };
}

/** What a module returned, as an answer. */
export function answered(json: string | undefined): Responded {
  const answer = json === undefined ? undefined : answerOfJson(json);
  return answer === undefined ? { kind: "none", why: "unusable" } : { kind: "answered", answer };
}
