import { z } from "zod";
import type { DestinationContext } from "../core/define.ts";
import { GatewayError } from "../core/errors.ts";
import type { SecretRef } from "../core/types.ts";

/** `secret("NAME")` in a destination's settings. */
export const secretRef = z.strictObject({
  kind: z.literal("secret"),
  name: z.string().min(1),
  optional: z.boolean(),
});

/** A text, or the live value of the secret in its place; undefined where an optional one is missing. */
export function liveValue(
  context: DestinationContext,
  given: string | SecretRef,
): string | undefined {
  return typeof given === "string" ? given : context.secret(given)?.value;
}

/** The fault of a destination that can't be opened as it is configured. `what` is never a secret's value. */
export function unusable(
  context: DestinationContext,
  what: string,
  options?: { readonly cause: unknown },
): GatewayError {
  return new GatewayError("CONFIG_INVALID", `destinations.${context.name}: ${what}`, options);
}
