import { parseJson } from "../kit/json-path.ts";
import type { Identified, IdentifiedEvent } from "./identify.ts";
import type { At } from "./receive.ts";
import { type Checks, checkFor, type Misfit, type SourceChecks } from "./schemas.ts";

/** An event that was held against its source's schema. */
export type ValidatedEvent = IdentifiedEvent & {
  readonly validity: "valid" | "invalid";
  /** Why it doesn't fit. */
  readonly misfit: Misfit | undefined;
};

/** Identified events with what their schemas say. */
export type Validated = At<"validated"> &
  Omit<Identified, keyof At<string> | "events"> & { readonly events: readonly ValidatedEvent[] };

/** What events are held against: the schemas' checks, and the bytes that the events are ranges of. */
export type Against = { readonly checks: Checks; readonly decoded: Buffer };

/** Stage 4: holds each event against its source's schema for its type; without one it is valid. */
export function validate(identified: Identified, { checks, decoded }: Against): Validated {
  const { request, source, assurance, secretName } = identified;
  const own = checks.get(source.name);
  const events: readonly ValidatedEvent[] = identified.events.map((event) => {
    const misfit = own && misfitOf(event, own, { decoded, body: request.body });
    return { ...event, validity: misfit === undefined ? "valid" : "invalid", misfit };
  });
  return { request, source, assurance, secretName, events } as Validated;
}

/** Why an event doesn't fit, by its request's body as it was sent and after content decoding. */
export function misfitOf(
  { type, start, end, inDecoded }: Pick<IdentifiedEvent, "type" | "start" | "end" | "inDecoded">,
  checks: SourceChecks,
  { decoded, body }: { readonly decoded: Buffer; readonly body: Buffer },
): Misfit | undefined {
  const check = checkFor(checks, type);
  if (check === undefined) return undefined;
  // An event that is the whole of a compressed body is a range of what was sent.
  const isRange = inDecoded || decoded === body;
  return check(parseJson(isRange ? decoded.subarray(start, end) : decoded));
}
