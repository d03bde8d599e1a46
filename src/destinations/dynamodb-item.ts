/** Events as items: the standard table of events, or a user's own by a mapping. */
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { archiveFolder, pathSegment } from "../core/archive.ts";
import type { Parcel } from "../core/types.ts";
import { parseJson, valueAt } from "../kit/json-path.ts";
import { eventIdOf, happenedAt } from "./event-template.ts";
import { type Failed, refused } from "./sending.ts";

/** Attributes by their names, as JSON has them. */
export type Item = Readonly<Record<string, unknown>>;

/** An item, and a payload that is kept beside it. */
export type PlannedItem = { readonly item: Item; readonly aside?: { readonly key: string } };

/** The attributes of the standard table, in its order. */
export const eventAttributeNames = [
  "eventId",
  "timestamp",
  "provider",
  "type",
  "payload",
  "payloadRef",
  "processedAt",
] as const;
/** The key of the standard table. */
export const eventKey = ["eventId", "timestamp"] as const;

/** An item may have 400 KB; what is larger than this goes beside it. */
const largestPayload = 300 * 1024;

/** An event as an item of the standard table; times are in seconds. */
export function eventItem(
  parcel: Parcel,
  { bucket, now }: { readonly bucket: string | undefined; readonly now: number },
): PlannedItem | Failed {
  const { event, body } = parcel;
  const facts = {
    eventId: eventIdOf(parcel),
    timestamp: seconds(happenedAt(parcel)),
    provider: event.provider,
    type: event.type,
  };
  const processedAt = seconds(now);
  const payload = body.toString("utf8");
  if (body.length <= largestPayload && Buffer.from(payload, "utf8").equals(body)) {
    return { item: { ...facts, payload, processedAt } };
  }
  if (bucket === undefined) {
    return refused(
      `a payload of ${body.length} bytes that is over ${largestPayload} or not UTF-8 goes to S3; set payloadBucket`,
    );
  }
  const key = `payloads/${archiveFolder(event)}/${pathSegment(event.id)}`;
  return { item: { ...facts, payloadRef: `s3://${bucket}/${key}`, processedAt }, aside: { key } };
}

/** An event as an item of a user's table: attributes from paths into the payload, of which some must be there. */
export function mappedItem(
  parcel: Parcel,
  mapping: Readonly<Record<string, string>>,
  needed: readonly string[],
): PlannedItem | Failed {
  const payload = parseJson(parcel.body);
  const found = Object.entries(mapping)
    .map(([name, path]) => [name, valueAt(payload, path)] as const)
    .filter(([, value]) => value !== undefined);
  const item: Item = Object.fromEntries(found);
  const missing = needed.find((name) => !isKeyValue(item[name]));
  if (missing === undefined) return { item };
  return refused(`the payload has no text or number at ${mapping[missing]} for ${missing}`);
}

/** A value of JSON as DynamoDB writes it. */
export function attributeValue(value: unknown): AttributeValue {
  if (typeof value === "string") return { S: value };
  if (typeof value === "number") return { N: String(value) };
  if (typeof value === "boolean") return { BOOL: value };
  if (Array.isArray(value)) return { L: value.map(attributeValue) };
  if (typeof value === "object" && value !== null) return { M: attributeValues(value) };
  return { NULL: true };
}

/** Attributes as DynamoDB writes them. */
export function attributeValues(values: object): Record<string, AttributeValue> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, attributeValue(value)]),
  );
}

function isKeyValue(value: unknown): boolean {
  return (typeof value === "string" && value !== "") || typeof value === "number";
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
