/**
 * The way of a request, in the order of its stages. HTTP ingest and a release of a kept request both
 * go this way; they differ in `now` and in what they do with the result.
 *
 *   receive ─▶ verify ─▶ identify ─▶ validate ─▶ route ─▶ accept
 */
import { identify } from "./identify.ts";
import { receive } from "./receive.ts";
import type { Routed } from "./route.ts";
import { route } from "./route.ts";
import type { Checks } from "./schemas.ts";
import type { Source } from "./settings.ts";
import type { Request, Route } from "./types.ts";
import { validate } from "./validate.ts";
import type { Proof, Verification } from "./verify.ts";
import { verify } from "./verify.ts";

/** Decodes a verified body where its provider's senders compress. */
export type DecodeBody = (request: Request, source: Source) => Buffer;

/** What judging a request yields: it can be accepted, or it is answered without. */
export type Judged =
  | { readonly kind: "routed"; readonly routed: Routed }
  | Exclude<Verification, { readonly kind: "verified" }>;

/** Takes a request through all stages before `accept`. Synchronous and without side effects. */
export function judge(
  request: Request,
  source: Source,
  context: {
    readonly proof: Proof;
    readonly routes: readonly Route[];
    readonly checks: Checks;
    readonly decode: DecodeBody;
  },
): Judged {
  const verification = verify(receive(request, source), context.proof);
  if (verification.kind !== "verified") return verification;
  const decoded = context.decode(request, source);
  const identified = identify(verification.verified, decoded);
  const validated = validate(identified, { checks: context.checks, decoded });
  return { kind: "routed", routed: route(validated, context.routes) };
}
