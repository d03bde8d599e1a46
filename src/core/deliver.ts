import { isForm, isMultipart } from "../kit/form.ts";
import type { Claim, Settlement } from "./engine.ts";
import { GatewayError, messageOf } from "./errors.ts";
import { type Forming, formParcel } from "./form.ts";
import { transitionOf } from "./outcome.ts";
import type { RetryPolicy } from "./retry.ts";
import type { OpenDestination, Outcome, Parcel } from "./types.ts";

/** What one attempt needs beside its claim. */
export type AttemptContext = {
  readonly open: Pick<OpenDestination, "send">;
  readonly retry: RetryPolicy;
  /** Aborts at the destination's timeout, or when the gateway stops. */
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly random: () => number;
  /** Decodes the body of a compressed batch. */
  readonly decode: (parcel: Parcel) => Buffer;
  /** Undefined where everything goes out raw. */
  readonly forming: Forming | undefined;
};

/**
 * Stage 7: makes one attempt and says what follows from it. It doesn't know how it was called: by a
 * loop over `claim()` on one machine, by a queue's records on AWS.
 */
export async function deliver(claim: Claim, context: AttemptContext): Promise<Settlement> {
  const startedAt = context.now();
  const outcome = await attempt(claim, context);
  const endedAt = context.now();
  const transition = transitionOf(outcome, context.retry, {
    attempts: claim.attempt,
    firstAttemptAt: claim.firstAttemptAt,
    now: endedAt,
    random: context.random(),
  });
  return { claim, transition, outcome, startedAt, endedAt };
}

/** A destination says how it went; what it throws all the same is a failure like any other. */
async function attempt(claim: Claim, context: AttemptContext): Promise<Outcome> {
  const { open, signal, decode, forming } = context;
  try {
    const parcel = claim.event.inDecoded ? itemOf(claim, decode) : claim;
    if (forming === undefined) return await open.send(parcel, signal);
    const formed = await formParcel(parcel, forming, signal);
    return "kind" in formed ? formed : await open.send(formed, signal);
  } catch (error) {
    const detail = messageOf(error);
    if (error instanceof GatewayError && error.code === "BODY_TOO_LARGE") {
      return { kind: "failed", code: error.code, detail, permanent: true };
    }
    return { kind: "failed", code: "INTERNAL", detail };
  }
}

/** An item of a body that had to be decoded. Where that was a form's field, the form's content type says nothing of it. */
function itemOf(claim: Claim, decode: AttemptContext["decode"]): Claim {
  const { start, end } = claim.event;
  const body = decode(claim).subarray(start, end);
  if (!isForm(claim.headers) && !isMultipart(claim.headers)) return { ...claim, body };
  const headers = claim.headers.map((text, at) =>
    at % 2 === 1 && claim.headers[at - 1]?.toLowerCase() === "content-type"
      ? "application/json"
      : text,
  );
  return { ...claim, body, headers };
}
