/** What destinations over a client or a file have in common: time, signal, and an end that waits. */
import type { DestinationContext } from "../core/define.ts";
import { type Code, messageOf } from "../core/errors.ts";
import type { OpenDestination, Outcome, Parcel, SecretRef } from "../core/types.ts";
import { liveValue, unusable } from "./secret-ref.ts";

/** An attempt that failed. */
export type Failed = Extract<Outcome, { readonly kind: "failed" }>;

/** What a kind does itself. */
export type Work = {
  /** One attempt; what it throws goes to `failure`. */
  readonly send: (parcel: Parcel, signal: AbortSignal) => Promise<Outcome>;
  readonly failure: (error: unknown) => Outcome;
  readonly close: () => void | Promise<void>;
};

/** An open destination of a kind's work: bounded by the timeout, broken off by the signal, closed after what is under way. */
export function openSending(context: DestinationContext, work: Work): OpenDestination {
  const underWay = new Set<Promise<Outcome>>();
  let closed: Promise<void> | undefined;
  const close = async () => {
    await Promise.all(underWay);
    await work.close();
  };
  return {
    send: async (parcel, signal) => {
      if (closed !== undefined) return unreachable("the destination is closed");
      const attempt = attemptOf(work, { parcel, signal, timeoutMs: context.timeoutMs });
      underWay.add(attempt);
      return await attempt.finally(() => underWay.delete(attempt));
    },
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}

async function attemptOf(
  work: Work,
  given: { readonly parcel: Parcel; readonly signal: AbortSignal; readonly timeoutMs: number },
): Promise<Outcome> {
  const { parcel, timeoutMs } = given;
  const signal = AbortSignal.any([given.signal, AbortSignal.timeout(timeoutMs)]);
  const cut = Promise.withResolvers<never>();
  cut.promise.catch(() => undefined);
  signal.addEventListener("abort", () => cut.reject(signal.reason), { once: true });
  try {
    if (signal.aborted) return stopped(signal, timeoutMs);
    return await Promise.race([work.send(parcel, signal), cut.promise]);
  } catch (error) {
    return signal.aborted ? stopped(signal, timeoutMs) : work.failure(error);
  }
}

function stopped({ reason }: AbortSignal, timeoutMs: number): Failed {
  const isTimeout = reason instanceof Error && reason.name === "TimeoutError";
  if (!isTimeout) return unreachable("the attempt was stopped before there was an answer");
  return failed("DESTINATION_TIMEOUT", `no answer within ${timeoutMs / 1000} s`);
}

/** A failed attempt. */
export function failed(code: Code, detail: string): Failed {
  return { kind: "failed", code, detail };
}

/** A failed attempt that never came to an answer. */
export function unreachable(detail: string): Failed {
  return failed("DESTINATION_UNREACHABLE", detail);
}

/** An event that this destination will never take as it is. */
export function refused(detail: string): Failed {
  return { ...failed("DESTINATION_REFUSED", detail), permanent: true };
}

/** The outcome of a fault of the file system or a local table. */
export function storeFailure(error: unknown): Failed {
  return unreachable(messageOf(error));
}

/** An option's live value; throws `CONFIG_INVALID` where its secret is missing. */
export function neededValue(
  context: DestinationContext,
  option: string,
  given: string | SecretRef,
): string {
  const value = liveValue(context, given)?.trim();
  if (value) return value;
  const name = typeof given === "string" ? "it" : `${given.name} or ${given.name}_FILE`;
  throw unusable(context, `its ${option} is missing; set ${name}`);
}
