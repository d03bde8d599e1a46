import type { SampleContext, SchemeFacts } from "../../core/types.ts";
import { formatRfc3339 } from "../../kit/rfc3339.ts";
import { typeParts } from "../schemes/identity.ts";

type Thing = Record<string, unknown>;

/** Where a sender has an event's id and type. */
export type NamePlaces = Pick<SchemeFacts, "id" | "type">;

/** A plain payload of any type, with id and type where the sender has them, if that is in the body. */
export function genericSample(
  { id, type: places = [] }: NamePlaces,
  type: string,
  context: SampleContext,
): Thing {
  const payload: Thing = {
    id: context.id,
    type,
    created_at: formatRfc3339(context.now),
    data: { note: "a sample event of surehook send" },
  };
  const parts = typeParts(type, places.length);
  for (const [at, place] of places.entries()) {
    if ("json" in place) put(payload, place.json, parts[at]);
  }
  if (id !== undefined && "json" in id) put(payload, id.json, context.id);
  return payload;
}

function put(payload: Thing, path: string, value: unknown): void {
  const steps = path.split(".");
  const last = steps.pop() as string;
  let at = payload;
  for (const step of steps) {
    const inner = Object.hasOwn(at, step) ? at[step] : undefined;
    const isThing = typeof inner === "object" && inner !== null && !Array.isArray(inner);
    const next: Thing = isThing ? (inner as Thing) : {};
    at[step] = next;
    at = next;
  }
  if (value === undefined) delete at[last];
  else at[last] = value;
}
