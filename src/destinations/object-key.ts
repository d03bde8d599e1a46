/** Where an event is kept: the key of an object, or the path of a file below a folder. */
import { pathSegment } from "../core/archive.ts";
import type { Parcel } from "../core/types.ts";
import { filled, templateText, templateWords } from "./event-template.ts";
import { type Failed, refused } from "./sending.ts";

const standardKey = "{provider}/{year}/{month}/{day}/{eventId}.json";

/** The setting of a key. */
export const keySetting = templateText
  .refine(
    (text) => text.split("/").every(isSegment),
    "a path without `.`, `..`, an empty segment or a `/` at either end",
  )
  .optional()
  .describe(
    `Where an event is kept (default \`${standardKey}\`); values are percent-encoded but for \`A-Z a-z 0-9 . _ -\`. Another event's is never overwritten: \`.{id}\` is then put before the ending. ${templateWords}`,
  );

/** An event's key, and the one that it takes where that is another event's. */
export type ObjectKeys = { readonly key: string; readonly otherKey: string };

/** The keys of an event by a template. */
export function objectKeys(parcel: Parcel, template = standardKey): ObjectKeys | Failed {
  const key = filled(template, parcel, pathSegment);
  if (key === undefined || !key.split("/").every(isSegment)) {
    return refused(`the event has no value for a part of its key ${template}`);
  }
  return { key, otherKey: key.replace(/(\.[^./]*)?$/, `.${parcel.event.id}$1`) };
}

function isSegment(text: string): boolean {
  return text !== "" && text !== "." && text !== "..";
}
