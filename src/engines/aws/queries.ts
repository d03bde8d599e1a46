/**
 * Every request that the engine makes of DynamoDB, in one place. All names go by placeholders, since
 * many plain words are reserved there; `rev` counts the changes of an item and guards each of them.
 */
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { tableShape } from "./table.ts";

/** What an attribute may hold; undefined: it isn't there. */
export type Field = string | number | Uint8Array | readonly string[] | undefined;

/** An item's attributes by their names. */
export type Fields = Readonly<Record<string, Field>>;

const { indexes } = tableShape;

/** An item with what it holds now, read consistently. */
export function getItem(pk: string) {
  return { Key: keyOf(pk), ConsistentRead: true } as const;
}

/** Puts an item where none is; the one that is there comes back with the refusal. */
export function createItem(fields: Fields) {
  return { Item: toItem(fields), ...unless("attribute_not_exists(#pk)") } as const;
}

/** Puts an item, whatever is there. */
export function putItem(fields: Fields) {
  return { Item: toItem(fields) } as const;
}

/** Changes an item that is still as it was read; what is undefined is removed. */
export function changeItem(at: { readonly pk: string; readonly rev: number }, changes: Fields) {
  const entries = Object.entries({ ...changes, rev: at.rev + 1 });
  const set = entries.flatMap(([, value], n) => (value === undefined ? [] : `#f${n} = :f${n}`));
  const removed = entries.flatMap(([, value], n) => (value === undefined ? `#f${n}` : []));
  const values = entries.flatMap(([, value], n) =>
    value === undefined ? [] : [[`:f${n}`, toValue(value)] as const],
  );
  const names = entries.map(([name], n) => [`#f${n}`, name] as const);
  return {
    Key: keyOf(at.pk),
    UpdateExpression: `SET ${set.join(", ")}${removed.length > 0 ? ` REMOVE ${removed.join(", ")}` : ""}`,
    ConditionExpression: "#rev = :rev",
    ExpressionAttributeNames: { ...Object.fromEntries(names), "#rev": "rev" },
    ExpressionAttributeValues: { ...Object.fromEntries(values), ":rev": toValue(at.rev) },
  } as const;
}

/** Removes an item that is still as it was read. */
export function removeItem({ pk, rev }: { readonly pk: string; readonly rev: number }) {
  return {
    Key: keyOf(pk),
    ConditionExpression: "#rev = :rev",
    ExpressionAttributeNames: { "#rev": "rev" },
    ExpressionAttributeValues: { ":rev": toValue(rev) },
  } as const;
}

/** An item goes to another key and another item takes its place, or neither. */
export function replaceItem(
  table: string,
  old: Fields & { readonly pk: string; readonly rev: number },
  by: { readonly movedTo: string; readonly next: Fields },
) {
  const moved = { ...old, pk: by.movedTo, rev: old.rev + 1, dedupeUntil: undefined };
  return {
    TransactItems: [
      { Put: { TableName: table, ...createItem(moved) } },
      {
        Put: {
          TableName: table,
          Item: toItem(by.next),
          ConditionExpression: "#rev = :rev AND #id = :id",
          ExpressionAttributeNames: { "#rev": "rev", "#id": "id" },
          ExpressionAttributeValues: { ":rev": toValue(old.rev), ":id": toValue(old["id"]) },
        },
      },
    ],
  };
}

/** Keys of the items of an id. Index: byId. */
export function itemsById(id: string) {
  const [partition] = indexes.byId.partition;
  return {
    IndexName: "byId",
    KeyConditionExpression: "#id = :id",
    ExpressionAttributeNames: { "#id": partition },
    ExpressionAttributeValues: { ":id": toValue(id) },
  } as const;
}

/** Where in a listing's partition to read. Both ends belong to it. */
export type Stretch = {
  readonly partition: string;
  readonly from: string;
  readonly to: string;
  readonly isDescending: boolean;
};

/** Items of a partition of a day. Index: byDay. */
export function itemsOfDay({ partition, from, to, isDescending }: Stretch) {
  return {
    IndexName: "byDay",
    KeyConditionExpression: "#day = :day AND #at BETWEEN :from AND :to",
    ExpressionAttributeNames: { "#day": "day", "#at": "at" },
    ExpressionAttributeValues: {
      ":day": toValue(partition),
      ":from": toValue(from),
      ":to": toValue(to),
    },
    ScanIndexForward: !isDescending,
  } as const;
}

/** What is to be looked at by a time. Index: waiting. */
export function itemsWaiting(shard: string, before: number) {
  return {
    IndexName: "waiting",
    KeyConditionExpression: "#shard = :shard AND #due <= :before",
    ExpressionAttributeNames: { "#shard": "shard", "#due": "nextDueAt" },
    ExpressionAttributeValues: { ":shard": toValue(shard), ":before": toValue(before) },
  } as const;
}

/** Adds names to a set, which is made where there is none. */
export function addToSet(pk: string, names: readonly string[]) {
  return inSet("ADD", pk, names);
}

/** Takes names out of a set. */
export function takeFromSet(pk: string, names: readonly string[]) {
  return inSet("DELETE", pk, names);
}

function inSet(action: "ADD" | "DELETE", pk: string, names: readonly string[]) {
  return {
    Key: keyOf(pk),
    UpdateExpression: `${action} #names :names`,
    ExpressionAttributeNames: { "#names": "names" },
    ExpressionAttributeValues: { ":names": { SS: [...names] } },
  } as const;
}

/** A rate as the time at which its bucket is full again (GCRA): one number, changed by one request. */
export type RateCost = {
  readonly pk: string;
  readonly now: number;
  readonly cost: number;
  readonly ttl: number;
};

/** Spends from a bucket that is full. */
export function spendFull({ pk, now, cost, ttl }: RateCost) {
  return rate(pk, "SET #full = :next, #ttl = :ttl", {
    condition: "attribute_not_exists(#full) OR #full <= :now",
    values: { ":next": now + cost, ":ttl": ttl, ":now": now },
  });
}

/** Spends from a bucket that was spent from. */
export function spendMore({ pk, now, cost, ttl }: RateCost, latest: number) {
  return rate(pk, "SET #full = #full + :cost, #ttl = :ttl", {
    condition: "#full > :now AND #full <= :latest",
    values: { ":cost": cost, ":ttl": ttl, ":now": now, ":latest": latest },
  });
}

/** Gives back what was spent. */
export function giveBack({ pk, cost, ttl }: RateCost) {
  return rate(pk, "SET #full = #full + :cost, #ttl = :ttl", {
    condition: "attribute_exists(#full)",
    values: { ":cost": cost, ":ttl": ttl },
  });
}

function rate(
  pk: string,
  update: string,
  when: { readonly condition: string; readonly values: Readonly<Record<string, number>> },
) {
  const values = Object.entries(when.values).map(([name, value]) => [name, toValue(value)]);
  return {
    Key: keyOf(pk),
    UpdateExpression: update,
    ConditionExpression: when.condition,
    ExpressionAttributeNames: { "#full": "full", "#ttl": "ttl" },
    ExpressionAttributeValues: Object.fromEntries(values) as Record<string, AttributeValue>,
    ReturnValuesOnConditionCheckFailure: "ALL_OLD",
  } as const;
}

function unless(condition: string) {
  return {
    ConditionExpression: condition,
    ExpressionAttributeNames: { "#pk": "pk" },
    ReturnValuesOnConditionCheckFailure: "ALL_OLD",
  } as const;
}

function keyOf(pk: string) {
  return { pk: toValue(pk) };
}

function toItem(fields: Fields): Record<string, AttributeValue> {
  const there = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(there.map(([name, value]) => [name, toValue(value)]));
}

function toValue(value: Field): AttributeValue {
  if (typeof value === "string") return { S: value };
  if (typeof value === "number") return { N: String(value) };
  if (value instanceof Uint8Array) return { B: value };
  return { SS: [...(value ?? [])] };
}

/** The attributes of an item as DynamoDB gives it. */
export function fieldsOf(item: Readonly<Record<string, AttributeValue>>): Fields {
  return Object.fromEntries(
    Object.entries(item).map(([name, { S, N, B, SS }]) => [
      name,
      S ?? (N === undefined ? undefined : Number(N)) ?? B ?? SS,
    ]),
  );
}
