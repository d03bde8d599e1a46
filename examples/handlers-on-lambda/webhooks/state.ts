/**
 * What the handlers know of orders, customers and repositories: items of the DynamoDB table that
 * WEBHOOKS_STATE_TABLE names, or rows of a SQLite file where that isn't set, as in tests. Put your own database
 * here; the functions are all that is used.
 */
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import * as here from "./state-here.ts";

export type Table = here.Table;

const table = process.env["WEBHOOKS_STATE_TABLE"];
let opened: DynamoDBClient | undefined;

/** Sets a state as of a time (milliseconds). Events may come late or twice: an older one changes nothing. */
export async function setState(
  kind: Table,
  id: string,
  { state, at }: { readonly state: string; readonly at: number },
): Promise<void> {
  if (table === undefined) return here.setState(kind, id, { state, at });
  const { ConditionalCheckFailedException, DynamoDBClient, PutItemCommand } = await import(
    "@aws-sdk/client-dynamodb"
  );
  opened ??= new DynamoDBClient({});
  const newer = new PutItemCommand({
    TableName: table,
    Item: { id: { S: kind + "/" + id }, state: { S: state }, at: { N: String(at) } },
    ConditionExpression: "attribute_not_exists(#at) OR #at <= :at",
    ExpressionAttributeNames: { "#at": "at" },
    ExpressionAttributeValues: { ":at": { N: String(at) } },
  });
  try {
    await opened.send(newer);
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}

/** The state of an order, a customer, a repository or an alert. */
export async function stateOf(kind: Table, id: string): Promise<string | undefined> {
  if (table === undefined) return here.stateOf(kind, id);
  const { DynamoDBClient, GetItemCommand } = await import("@aws-sdk/client-dynamodb");
  opened ??= new DynamoDBClient({});
  const key = { TableName: table, Key: { id: { S: kind + "/" + id } }, ConsistentRead: true };
  const { Item } = await opened.send(new GetItemCommand(key));
  return Item?.["state"]?.S;
}
