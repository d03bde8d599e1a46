/** Why what a sender is verified by can't be had: the sender is answered 503, and comes again. */
import { GatewayError, messageOf } from "../core/errors.ts";

/** A fault of that text. */
export function unavailable(text: string, cause?: unknown): GatewayError {
  return new GatewayError("KEYS_UNAVAILABLE", text, cause === undefined ? {} : { cause });
}

/** What asking threw, as a fault; `what` is the address or the name that was asked for. */
export function faultOf(thrown: unknown, what: string): GatewayError {
  if (thrown instanceof GatewayError) return thrown;
  return unavailable(`${what} could not be reached: ${messageOf(thrown)}`, thrown);
}
