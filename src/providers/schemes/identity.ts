import type { DedupeBasis, EventIdentity } from "../../core/types.ts";

const longest = 512;

/**
 * Text fit for a name or an id: not empty, at most 512 characters, well-formed, without control
 * characters. Databases refuse the rest (PostgreSQL U+0000), and a sender must not be able to make a
 * request that can never be stored.
 */
export function plainText(value: unknown): string | undefined {
  if (typeof value !== "string" || value === "" || value.length > longest) return undefined;
  return /\p{Cc}/u.test(value) || !value.isWellFormed() ? undefined : value;
}

/** The value as an event's type; `unknown` where it isn't fit for one. */
export function typeFrom(value: unknown): string {
  return plainText(value) ?? "unknown";
}

/** What each of several places says of a type that is joined by full stops; the last has the rest. */
export function typeParts(type: string, places: number): readonly (string | undefined)[] {
  const parts = type.split(".");
  if (parts.length <= places) return parts;
  return [...parts.slice(0, places - 1), parts.slice(places - 1).join(".")];
}

/** An own property of a JSON object; undefined for anything else. */
export function own(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

/** A repeat is recognised by an id that the signature covers, or by the content where there is none. */
export function bySignedId(id: string | undefined): DedupeBasis {
  return id === undefined ? { by: "content" } : { by: "id", id };
}

/** An id that the signature doesn't cover only counts together with the content. */
export function byUnsignedId(id: string | undefined): DedupeBasis {
  return id === undefined ? { by: "content" } : { by: "id-and-content", id };
}

/** An identity. `occurredAt` in milliseconds; nonsense is dropped. */
export function identityOf(parts: {
  readonly type: string;
  readonly dedupe: DedupeBasis;
  readonly id: string | undefined;
  readonly occurredAt: number | undefined;
}): EventIdentity {
  const { type, dedupe, id } = parts;
  const occurredAt = Math.floor(parts.occurredAt ?? Number.NaN);
  const dated = occurredAt >= 0 && occurredAt <= 253_402_300_799_999;
  return { type, dedupe, id, occurredAt: dated ? occurredAt : undefined };
}
