import type { CheckContext } from "../core/define.ts";
import { GatewayError } from "../core/errors.ts";
import type { SecretRef } from "../core/types.ts";

export { secretRef } from "../core/secret-ref.ts";

/** A text, or the live value of the secret in its place; undefined where an optional one is missing. */
export function liveValue(context: CheckContext, given: string | SecretRef): string | undefined {
  return typeof given === "string" ? given : context.secret(given)?.value;
}

/** The fault of a destination that can't be opened as it is configured. `what` is never a secret's value. */
export function unusable(
  context: CheckContext,
  what: string,
  options?: { readonly cause: unknown },
): GatewayError {
  return new GatewayError("CONFIG_INVALID", `destinations.${context.name}: ${what}`, options);
}
