/** Live clients that hang on a WebSocket API: who is connected, what each is at, and the way to it. */
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { once, sdk, shortWaits } from "./sdk.ts";

/**
 * What a client is at. `bare`: it gets payloads, and that is all. The others speak `surehook.v1`: `opening`, it may
 * still say where to resume; `resuming`, what goes out meanwhile is held for it; `live`.
 */
export type ClientState = "bare" | "opening" | "resuming" | "live";

/** A client that is connected. */
export type ConnectedClient = {
  readonly connectionId: string;
  readonly state: ClientState;
  /** When opening or resuming is over at the latest; milliseconds since 1970. */
  readonly until: number;
  /** The types that it wants; all where it never said. */
  readonly types: readonly string[] | undefined;
  /** Ids of events that went out while it resumed. */
  readonly held: readonly string[];
  /** How many things it has said. */
  readonly said: number;
};

/** Who is connected. Reading is consistent, and each change is a condition of what a client is at. */
export type ConnectedClients = {
  /** `ttl` in seconds since 1970. */
  readonly add: (
    client: Pick<ConnectedClient, "connectionId" | "state" | "until"> & { readonly ttl: number },
  ) => Promise<void>;
  readonly remove: (connectionId: string) => Promise<void>;
  readonly get: (connectionId: string) => Promise<ConnectedClient | undefined>;
  readonly all: () => AsyncGenerator<readonly ConnectedClient[]>;
  /** Counts one thing that it says; undefined where it is gone. */
  readonly hear: (connectionId: string) => Promise<ConnectedClient | undefined>;
  readonly subscribe: (connectionId: string, types: readonly string[]) => Promise<boolean>;
  /** From opening to resuming, until then at the latest, or to live. */
  readonly leaveOpening: (connectionId: string, resumesUntil?: number) => Promise<boolean>;
  /** Holds an event for who resumes; false where it doesn't any more. */
  readonly hold: (connectionId: string, eventId: string, now: number) => Promise<boolean>;
  /** From resuming to live, where no more than so many are held. */
  readonly endResuming: (connectionId: string, held: number) => Promise<boolean>;
};

type Change = {
  readonly UpdateExpression: string;
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, AttributeValue>;
};

const isThere = "attribute_exists(connectionId)";
const stateName = { "#state": "state" };

/** Opens the table of who is connected. */
export function connectedClients(TableName: string): ConnectedClients {
  const open = once(async () => {
    const dynamo = await sdk("@aws-sdk/client-dynamodb", () => import("@aws-sdk/client-dynamodb"));
    return { dynamo, db: new dynamo.DynamoDBClient({ requestHandler: shortWaits }) };
  });
  /** The client as it is after the change; undefined where the condition isn't met. */
  const change = async (connectionId: string, wanted: Change) => {
    const { dynamo, db } = await open();
    const input = {
      TableName,
      Key: keyOf(connectionId),
      ReturnValues: "ALL_NEW",
      ...wanted,
    } as const;
    try {
      const { Attributes = {} } = await db.send(new dynamo.UpdateItemCommand(input));
      return clientOf(Attributes);
    } catch (error) {
      if (error instanceof dynamo.ConditionalCheckFailedException) return undefined;
      throw error;
    }
  };
  const isChanged = async (connectionId: string, wanted: Change) =>
    (await change(connectionId, wanted)) !== undefined;
  return {
    add: async ({ connectionId, state, until, ttl }) => {
      const { dynamo, db } = await open();
      const numbers = { ttl: { N: String(ttl) }, until: { N: String(until) } };
      const Item = { ...keyOf(connectionId), state: { S: state }, ...numbers };
      await db.send(new dynamo.PutItemCommand({ TableName, Item }));
    },
    remove: async (connectionId) => {
      const { dynamo, db } = await open();
      await db.send(new dynamo.DeleteItemCommand({ TableName, Key: keyOf(connectionId) }));
    },
    get: async (connectionId) => {
      const { dynamo, db } = await open();
      const input = { TableName, Key: keyOf(connectionId), ConsistentRead: true };
      const { Item } = await db.send(new dynamo.GetItemCommand(input));
      return Item && clientOf(Item);
    },
    all: async function* all() {
      const { dynamo, db } = await open();
      const input = { TableName, ConsistentRead: true };
      for await (const { Items = [] } of dynamo.paginateScan({ client: db }, input)) {
        yield Items.map(clientOf);
      }
    },
    hear: (connectionId) => change(connectionId, heard),
    subscribe: (connectionId, types) => isChanged(connectionId, subscribed(types)),
    leaveOpening: (connectionId, until) => isChanged(connectionId, opened(until)),
    hold: (connectionId, eventId, now) => isChanged(connectionId, holding(eventId, now)),
    endResuming: (connectionId, held) => isChanged(connectionId, resumed(held)),
  };
}

const heard: Change = {
  UpdateExpression: "ADD #said :one",
  ConditionExpression: isThere,
  ExpressionAttributeNames: { "#said": "said" },
  ExpressionAttributeValues: { ":one": { N: "1" } },
};

function subscribed(types: readonly string[]): Change {
  return {
    UpdateExpression: "SET #types = :types",
    ConditionExpression: isThere,
    ExpressionAttributeNames: { "#types": "types" },
    ExpressionAttributeValues: { ":types": { L: types.map((type) => ({ S: type })) } },
  };
}

function opened(until: number | undefined): Change {
  const to = until === undefined ? "live" : "resuming";
  return {
    UpdateExpression: "SET #state = :to, #until = :until",
    ConditionExpression: "#state = :opening",
    ExpressionAttributeNames: { ...stateName, "#until": "until" },
    ExpressionAttributeValues: {
      ":to": { S: to },
      ":until": { N: String(until ?? 0) },
      ":opening": { S: "opening" },
    },
  };
}

function holding(eventId: string, now: number): Change {
  return {
    UpdateExpression: "ADD #held :event",
    ConditionExpression: "#state = :resuming AND #until > :now",
    ExpressionAttributeNames: { ...stateName, "#held": "held", "#until": "until" },
    ExpressionAttributeValues: {
      ":event": { SS: [eventId] },
      ":resuming": { S: "resuming" },
      ":now": { N: String(now) },
    },
  };
}

function resumed(held: number): Change {
  const sameHeld = held === 0 ? "attribute_not_exists(#held)" : "size(#held) = :count";
  return {
    UpdateExpression: "SET #state = :live REMOVE #held",
    ConditionExpression: `#state = :resuming AND ${sameHeld}`,
    ExpressionAttributeNames: { ...stateName, "#held": "held" },
    ExpressionAttributeValues: {
      ":live": { S: "live" },
      ":resuming": { S: "resuming" },
      ...(held === 0 ? {} : { ":count": { N: String(held) } }),
    },
  };
}

function keyOf(connectionId: string) {
  return { connectionId: { S: connectionId } };
}

function clientOf(item: Readonly<Record<string, AttributeValue>>): ConnectedClient {
  return {
    connectionId: item["connectionId"]?.S ?? "",
    state: (item["state"]?.S ?? "bare") as ClientState,
    until: Number(item["until"]?.N ?? 0),
    types: item["types"]?.L?.map(({ S = "" }) => S),
    // Ids rise with time, and a set has no order.
    held: (item["held"]?.SS ?? []).toSorted(),
    said: Number(item["said"]?.N ?? 0),
  };
}

/** The way to clients. */
export type ClientWires = {
  /** Sends to one; false where it is gone. */
  readonly write: (connectionId: string, bytes: Buffer) => Promise<boolean>;
  readonly cut: (connectionId: string) => Promise<void>;
};

/** Opens the way to clients. `callbackUrl` is the stage's, by https. */
export function clientWires(callbackUrl: string): ClientWires {
  const open = once(async () => {
    const api = await sdk(
      "@aws-sdk/client-apigatewaymanagementapi",
      () => import("@aws-sdk/client-apigatewaymanagementapi"),
    );
    const options = { endpoint: callbackUrl, requestHandler: shortWaits };
    return { api, client: new api.ApiGatewayManagementApiClient(options) };
  });
  const isThere = async (act: (opened: Awaited<ReturnType<typeof open>>) => Promise<unknown>) => {
    const opened = await open();
    try {
      await act(opened);
      return true;
    } catch (error) {
      if (error instanceof opened.api.GoneException) return false;
      throw error;
    }
  };
  return {
    write: (ConnectionId, Data) =>
      isThere(({ api, client }) =>
        client.send(new api.PostToConnectionCommand({ ConnectionId, Data })),
      ),
    cut: async (ConnectionId) => {
      await isThere(({ api, client }) =>
        client.send(new api.DeleteConnectionCommand({ ConnectionId })),
      );
    },
  };
}
