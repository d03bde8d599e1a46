/** Live clients that hang on a WebSocket API: who is connected, and the way to each. */
import { once, sdk, shortWaits } from "./sdk.ts";

/** Who is connected. Times in seconds since 1970. */
export type ConnectedClients = {
  readonly add: (connectionId: string, until: number) => Promise<void>;
  readonly remove: (connectionId: string) => Promise<void>;
  readonly all: () => AsyncGenerator<readonly string[]>;
};

/** Opens the table of who is connected. */
export function connectedClients(TableName: string): ConnectedClients {
  const open = once(async () => {
    const dynamo = await sdk("@aws-sdk/client-dynamodb", () => import("@aws-sdk/client-dynamodb"));
    return { dynamo, db: new dynamo.DynamoDBClient({ requestHandler: shortWaits }) };
  });
  return {
    add: async (connectionId, until) => {
      const { dynamo, db } = await open();
      const Item = { connectionId: { S: connectionId }, ttl: { N: String(until) } };
      await db.send(new dynamo.PutItemCommand({ TableName, Item }));
    },
    remove: async (connectionId) => {
      const { dynamo, db } = await open();
      const Key = { connectionId: { S: connectionId } };
      await db.send(new dynamo.DeleteItemCommand({ TableName, Key }));
    },
    all: async function* all() {
      const { dynamo, db } = await open();
      const input = { TableName, ProjectionExpression: "connectionId" };
      for await (const { Items = [] } of dynamo.paginateScan({ client: db }, input)) {
        yield Items.flatMap(({ connectionId }) => connectionId?.S ?? []);
      }
    },
  };
}

/** Sends to one client; false where it is gone. */
export type ClientWriter = (connectionId: string, bytes: Buffer) => Promise<boolean>;

/** Opens the way to clients. `callbackUrl` is the stage's, by https. */
export function clientWriter(callbackUrl: string): ClientWriter {
  const open = once(async () => {
    const api = await sdk(
      "@aws-sdk/client-apigatewaymanagementapi",
      () => import("@aws-sdk/client-apigatewaymanagementapi"),
    );
    const options = { endpoint: callbackUrl, requestHandler: shortWaits };
    return { api, client: new api.ApiGatewayManagementApiClient(options) };
  });
  return async (ConnectionId, Data) => {
    const { api, client } = await open();
    try {
      await client.send(new api.PostToConnectionCommand({ ConnectionId, Data }));
      return true;
    } catch (error) {
      if (error instanceof api.GoneException) return false;
      throw error;
    }
  };
}
