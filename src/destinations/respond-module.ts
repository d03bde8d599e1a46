/** The user's module of a source that answers: what it gets, and how it is called in either isolation. */
import type { AnswerWords } from "../core/respond.ts";
import {
  type CallContext,
  type CodeContext,
  type CodeEvent,
  type CodeModule,
  type CodeParcel,
  codeEvent,
} from "./code-module.ts";
import type { RunEnd } from "./code-protocol.ts";
import { returned } from "./transform-module.ts";

/** What a module that answers gets beside the event. `signal` is aborted when its time is up. */
export type RespondContext = Pick<CodeContext, "signal" | "log">;

/**
 * A module of a source's. What `respond` returns is answered: a text, or `{ status, headers, body }`. Where it
 * throws, returns nothing or is late, the source's fallback is.
 */
export type RespondModule<T = unknown> = {
  readonly respond: (
    event: CodeEvent<T>,
    context: RespondContext,
  ) => string | AnswerWords | undefined | Promise<string | AnswerWords | undefined>;
};

/** Calls the user's function, which `codeModule` found under the name `respond`. Never rejects. */
export function callRespond(
  { handle: respond }: CodeModule,
  parcel: CodeParcel,
  call: CallContext & { readonly body: Buffer },
): Promise<RunEnd> {
  const { signal, log, body } = call;
  const { deliveryId, attempt } = parcel;
  return returned("respond", async () => {
    const value = await respond(codeEvent(parcel, body), { deliveryId, attempt, signal, log });
    return typeof value === "string" ? { body: value } : value;
  });
}
