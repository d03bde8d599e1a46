/** Texts with parts of an event in them: `{provider}/{year}/{eventId}.json`, `Payment {payload.type|type}`. */
import * as z from "zod";
import type { Parcel } from "../core/types.ts";
import { parseJson, textAt } from "../kit/json-path.ts";
import { formatRfc3339 } from "../kit/rfc3339.ts";

const names = [
  "eventId",
  "id",
  "source",
  "provider",
  "type",
  "timestamp",
  "year",
  "month",
  "day",
  "deliveryId",
] as const;
type Name = (typeof names)[number];

const placeholder = /\{([^{}]*)\}/g;

/** For the descriptions of settings that are templates. */
export const templateWords =
  "With `{eventId}` (the sender's, else ours), `{id}` (ours), `{source}`, `{provider}`, `{type}`, `{timestamp}`, `{year}`, `{month}`, `{day}` (of arrival, UTC), `{deliveryId}`, `{params.name}`, `{payload.path.to.value}`; `{a|b}` is the first that has a value.";

/** A text with placeholders, each of which must be known. */
export const templateText = z
  .string()
  .min(1)
  .refine(
    (text) =>
      [...text.matchAll(placeholder)].every(([, name = ""]) => partsOf(name).every(isKnown)),
    `a text whose placeholders are ${names.map((name) => `{${name}}`).join(", ")}, {params.…}, {payload.…}, or several with | between`,
  );

/** The template with the event's values, each passed through `encode`; undefined where one is missing. */
export function filled(
  template: string,
  parcel: Parcel,
  encode: (value: string) => string = (value) => value,
): string | undefined {
  let isWhole = true;
  const text = template.replaceAll(placeholder, (_, name: string) => {
    const value = firstOf(name, parcel);
    if (value === undefined) isWhole = false;
    return encode(value ?? "");
  });
  return isWhole ? text : undefined;
}

/** When the event happened by the sender's word, else when it arrived. */
export function happenedAt({ event }: Parcel): number {
  return event.occurredAt ?? event.receivedAt;
}

/** The sender's id of the event, else ours. */
export function eventIdOf({ event }: Parcel): string {
  return event.providerEventId ?? event.id;
}

function isKnown(name: string): boolean {
  return names.includes(name as Name) || /^(params|payload)\../.test(name);
}

function partsOf(name: string): readonly string[] {
  return name.split("|");
}

/** The first part that has a value. */
function firstOf(name: string, parcel: Parcel): string | undefined {
  for (const part of partsOf(name)) {
    const value = partOf(part, parcel);
    if (value !== undefined && value !== "") return value;
  }
  return undefined;
}

function partOf(name: string, parcel: Parcel): string | undefined {
  const path = /^(params|payload)\.(.+)$/.exec(name);
  if (path === null) return named(name as Name, parcel);
  const [, root, rest = ""] = path;
  return textAt(root === "params" ? parcel.event.params : parseJson(parcel.body), rest);
}

function named(name: Name, parcel: Parcel): string {
  const { event, deliveryId } = parcel;
  const arrival = formatRfc3339(event.receivedAt);
  switch (name) {
    case "eventId":
      return eventIdOf(parcel);
    case "timestamp":
      return formatRfc3339(happenedAt(parcel));
    case "year":
      return arrival.slice(0, 4);
    case "month":
      return arrival.slice(5, 7);
    case "day":
      return arrival.slice(8, 10);
    case "deliveryId":
      return deliveryId;
    default:
      return event[name];
  }
}
