import type { Identified, IdentifiedEvent } from "./identify.ts";
import type { At } from "./receive.ts";

/** An event that was held against its source's schema. */
export type ValidatedEvent = IdentifiedEvent & { readonly validity: "valid" | "invalid" };

/** Identified events with what their schemas say. */
export type Validated = At<"validated"> &
  Omit<Identified, keyof At<string> | "events"> & { readonly events: readonly ValidatedEvent[] };

/** Stage 4: holds each event against its source's schema. No source can name one yet, so each is valid. */
export function validate(identified: Identified): Validated {
  const events = identified.events.map((event) => ({ ...event, validity: "valid" as const }));
  return { ...identified, events } as unknown as Validated;
}
