import type { DestinationContext } from "../core/define.ts";
import { messageOf } from "../core/errors.ts";
import type { OpenDestination, Outcome, Parcel } from "../core/types.ts";
import { Attempts } from "./attempts.ts";
import { type CodeModule, callModule, codeModule, codeParcel } from "./code-module.ts";

/**
 * Calls the user's module in the gateway's own process: no copy of the body and no other process, but a module
 * that blocks or exits takes the gateway with it. A module that can't be loaded stays so until a restart,
 * since Node keeps a failed import.
 */
export function openInline(
  load: () => Promise<unknown>,
  context: DestinationContext,
): OpenDestination {
  const attempts = new Attempts(context.timeoutMs);
  let module: Promise<CodeModule> | undefined;
  const call = async (parcel: Parcel, signal: AbortSignal): Promise<Outcome> => {
    try {
      module ??= load().then(codeModule);
      const { deliveryId } = parcel;
      const failure = await callModule(await module, codeParcel(parcel), {
        signal,
        body: parcel.body,
        log: (text, fields) => context.log(text, { ...fields, deliveryId }),
      });
      if (failure === undefined) return { kind: "delivered" };
      return { kind: "failed", code: "HANDLER_FAILED", detail: failure };
    } catch (thrown) {
      const detail = `the module could not be loaded: ${messageOf(thrown)}`;
      return { kind: "failed", code: "HANDLER_FAILED", detail };
    }
  };
  return {
    send: (parcel, signal) => {
      const stop = new AbortController();
      const attempt = attempts.begin(signal, (outcome, reason) => {
        attempt.end(outcome);
        stop.abort(reason);
      });
      if (!attempt.hasEnded()) void call(parcel, stop.signal).then(attempt.end);
      return attempt.outcome;
    },
    close: () => attempts.close(),
  };
}
