import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GatewayError, messageOf } from "../../core/errors.ts";
import { peer } from "../../core/peer.ts";
import { slots } from "../../kit/slots.ts";
import type { Fields } from "./queries.ts";
import * as queries from "./queries.ts";

/** Where the engine keeps things. */
export type AwsPlace = { readonly table: string; readonly bucket: string };

/** DynamoDB and S3 as the engine uses them. What fails is STORE_UNAVAILABLE; a refused condition is a value. */
export type Client = {
  readonly get: (pk: string) => Promise<Fields | undefined>;
  /** The item that is there already, or undefined when the new one was put. */
  readonly create: (fields: Fields) => Promise<Fields | undefined>;
  readonly put: (fields: Fields) => Promise<void>;
  /** False where it isn't as it was read any more. */
  readonly change: (at: At, changes: Fields) => Promise<boolean>;
  readonly remove: (at: At) => Promise<boolean>;
  readonly replace: (
    old: Fields & At,
    by: { readonly movedTo: string; readonly next: Fields },
  ) => Promise<boolean>;
  readonly byId: (id: string) => Promise<readonly string[]>;
  readonly ofDay: (stretch: queries.Stretch) => AsyncGenerator<Fields>;
  readonly waiting: (shard: string, before: number) => AsyncGenerator<Fields>;
  readonly addToSet: (pk: string, names: readonly string[]) => Promise<void>;
  readonly takeFromSet: (pk: string, names: readonly string[]) => Promise<void>;
  /** Undefined when spent; else the time at which the bucket is full again. */
  readonly spendFull: (cost: queries.RateCost) => Promise<number | undefined>;
  readonly spendMore: (cost: queries.RateCost, latest: number) => Promise<number | undefined>;
  readonly giveBack: (cost: queries.RateCost) => Promise<void>;
  readonly putObject: (key: string, bytes: Uint8Array) => Promise<void>;
  /** Has an object begin anew, for the rule by which it goes. */
  readonly renewObject: (key: string) => Promise<void>;
  readonly getObject: (key: string) => Promise<Buffer | undefined>;
  readonly close: () => void;
};

/** An item as it was read. */
export type At = { readonly pk: string; readonly rev: number };

/** Items of a page of a listing: some 100 KB. */
const pageItems = 100;
/** A lost packet is found by a new connection rather than by waiting. */
const timeouts = { connectionTimeout: 1_000, requestTimeout: 5_000 };
/**
 * Connections that the SDK has at most. It counts waiting for one of them as connecting, so that of a crowd those
 * that come late would fail.
 */
const mostAtOnce = 50;

/** Imports an SDK client. Throws CONFIG_INVALID with what to install. */
async function sdk<T>(name: string, load: () => Promise<T>): Promise<T> {
  return peer("The store on AWS", name, load);
}

/** Opens clients of a table and a bucket, with the credentials of the standard AWS chain. */
export async function openClient(place: AwsPlace): Promise<Client> {
  const dynamo = await sdk("@aws-sdk/client-dynamodb", () => import("@aws-sdk/client-dynamodb"));
  const db = boundedClient(dynamo);
  const TableName = place.table;
  const { ConditionalCheckFailedException, TransactionCanceledException } = dynamo;
  const isRefused = (error: unknown) => error instanceof ConditionalCheckFailedException;
  /** Undefined when done; what is there where the condition refuses it. */
  const tried = async (send: Promise<unknown>): Promise<Fields | undefined> => {
    try {
      await send;
      return undefined;
    } catch (error) {
      if (!isRefused(error)) throw unavailable(error);
      return queries.fieldsOf(
        (error as InstanceType<Dynamo["ConditionalCheckFailedException"]>).Item ?? {},
      );
    }
  };
  const update = (input: object) =>
    db.send(new dynamo.UpdateItemCommand({ TableName, ...input } as UpdateInput));
  const pages = pagesOf(dynamo, db, TableName);
  const objects = objectStore(place.bucket);
  return {
    ...objects,
    get: async (pk) => {
      const read = new dynamo.GetItemCommand({ TableName, ...queries.getItem(pk) });
      const { Item } = await db.send(read).catch(fail);
      return Item && queries.fieldsOf(Item);
    },
    create: (fields) =>
      tried(db.send(new dynamo.PutItemCommand({ TableName, ...queries.createItem(fields) }))),
    put: async (fields) => {
      const put = new dynamo.PutItemCommand({ TableName, ...queries.putItem(fields) });
      await db.send(put).catch(fail);
    },
    change: async (at, changes) =>
      (await tried(update(queries.changeItem(at, changes)))) === undefined,
    remove: async (at) => {
      const remove = new dynamo.DeleteItemCommand({ TableName, ...queries.removeItem(at) });
      return (await tried(db.send(remove))) === undefined;
    },
    replace: async (old, by) => {
      const replace = queries.replaceItem(TableName, old, by);
      try {
        await db.send(new dynamo.TransactWriteItemsCommand(replace));
        return true;
      } catch (error) {
        if (error instanceof TransactionCanceledException) return false;
        throw unavailable(error);
      }
    },
    byId: async (id) => {
      const keys: string[] = [];
      for await (const { pk } of pages(queries.itemsById(id))) keys.push(String(pk));
      return keys;
    },
    ofDay: (stretch) => pages(queries.itemsOfDay(stretch)),
    waiting: (shard, before) => pages(queries.itemsWaiting(shard, before)),
    ...setsAndRates(update, tried),
    close: () => {
      db.destroy();
      objects.close();
    },
  };
}

/** What changes a part of an item, whatever the rest of it is. */
function setsAndRates(
  update: (input: object) => Promise<unknown>,
  tried: (send: Promise<unknown>) => Promise<Fields | undefined>,
) {
  const full = async (input: object) => (await tried(update(input)))?.["full"];
  return {
    addToSet: async (pk, names) => {
      await update(queries.addToSet(pk, names)).catch(fail);
    },
    takeFromSet: async (pk, names) => {
      await update(queries.takeFromSet(pk, names)).catch(fail);
    },
    spendFull: async (cost) => numberOf(await full(queries.spendFull(cost))),
    spendMore: async (cost, latest) => numberOf(await full(queries.spendMore(cost, latest))),
    giveBack: async (cost) => {
      await tried(update(queries.giveBack(cost)));
    },
  } satisfies Partial<Client>;
}

type Dynamo = typeof import("@aws-sdk/client-dynamodb");

function boundedClient({ DynamoDBClient: Client }: Dynamo): DynamoDBClient {
  const db = new Client({ requestHandler: timeouts });
  const inSlot = slots(mostAtOnce);
  db.middlewareStack.add((next) => (given) => inSlot(() => next(given)), {
    step: "finalizeRequest",
    priority: "low",
  });
  return db;
}
type UpdateInput = ConstructorParameters<Dynamo["UpdateItemCommand"]>[0];
type QueryInput = ConstructorParameters<Dynamo["QueryCommand"]>[0];

function pagesOf(dynamo: Dynamo, db: DynamoDBClient, TableName: string) {
  return async function* pages(input: Omit<QueryInput, "TableName">): AsyncGenerator<Fields> {
    let from: Pick<QueryInput, "ExclusiveStartKey"> = {};
    for (;;) {
      const query = { TableName, Limit: pageItems, ...input, ...from };
      const page = await db.send(new dynamo.QueryCommand(query)).catch(fail);
      for (const item of page.Items ?? []) yield queries.fieldsOf(item);
      if (page.LastEvaluatedKey === undefined) return;
      from = { ExclusiveStartKey: page.LastEvaluatedKey };
    }
  };
}

/** S3 is only loaded where a body is too large for an item. */
function objectStore(Bucket: string) {
  let opened: Promise<{ readonly s3: S3; readonly client: InstanceType<S3["S3Client"]> }>;
  let isOpen = false;
  const open = () => {
    isOpen = true;
    opened ??= sdk("@aws-sdk/client-s3", () => import("@aws-sdk/client-s3")).then((s3) => ({
      s3,
      client: new s3.S3Client({ requestHandler: timeouts }),
    }));
    return opened;
  };
  return {
    putObject: async (Key: string, Body: Uint8Array) => {
      const { s3, client } = await open();
      await client.send(new s3.PutObjectCommand({ Bucket, Key, Body })).catch(fail);
    },
    renewObject: async (Key: string) => {
      const { s3, client } = await open();
      const copied = { Bucket, Key, CopySource: `${Bucket}/${Key}` };
      // S3 copies nothing onto itself unless something is said to change.
      const copy = new s3.CopyObjectCommand({ ...copied, MetadataDirective: "REPLACE" });
      await client.send(copy).catch(fail);
    },
    getObject: async (Key: string) => {
      const { s3, client } = await open();
      try {
        const { Body } = await client.send(new s3.GetObjectCommand({ Bucket, Key }));
        return Body && Buffer.from(await Body.transformToByteArray());
      } catch (error) {
        if (error instanceof s3.NoSuchKey) return undefined;
        throw unavailable(error);
      }
    },
    close: () => {
      if (isOpen) void opened.then(({ client }) => client.destroy());
    },
  };
}

type S3 = typeof import("@aws-sdk/client-s3");

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

function fail(error: unknown): never {
  throw unavailable(error);
}

function unavailable(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  const name = error instanceof Error ? `${error.name}: ` : "";
  return new GatewayError(
    "STORE_UNAVAILABLE",
    `The store on AWS did not answer as it should: ${name}${messageOf(error)}`,
    { cause: error },
  );
}
