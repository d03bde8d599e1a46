/** What only some gateways have on AWS: access tokens in Parameter Store, and live clients of a WebSocket API. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { CreateTableCommand, DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { DescribeParametersCommand, GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { expect, it } from "vitest";
import type { LiveEventOfApi } from "../../src/app/lambda/events.ts";
import { broadcaster, consumer, live, receiver, refresher } from "../../src/app/lambda/index.ts";
import { defineGateway, secret } from "../../src/core/define.ts";
import { salesforce, websocket } from "../../src/destinations/index.ts";
import { openAws } from "../../src/engines/aws/index.ts";
import { stripe } from "../../src/providers/index.ts";
import { newPlace } from "../support/aws-store.ts";
import { openSalesforce } from "../support/fake-salesforce.ts";
import { stripeSecret } from "../support/stripe-events.ts";
import { freshName, onEmulator } from "./emulated.ts";
import { keepEnvironment, stripeRequest, wakeOf } from "./function-world.ts";

const invocation = { getRemainingTimeInMillis: () => 10_000 };
const sources = { stripe: stripe({ path: "/stripe", secrets: [secret("STRIPE_SECRET")] }) };

onEmulator("an access token", () => {
  keepEnvironment();

  it("is taken at first use, shown in Parameter Store with its end, and renewed by the refresher", async () => {
    const server = await openSalesforce();
    const place = await newPlace();
    const prefix = `/surehook/${freshName("stack")}`;
    Object.assign(process.env, {
      SUREHOOK_TABLE: place.table,
      SUREHOOK_BUCKET: place.bucket,
      SUREHOOK_BUS: "default",
      SUREHOOK_QUEUE_URL: "http://127.0.0.1:9/queue",
      SUREHOOK_PARAMETER_PREFIX: prefix,
      SUREHOOK_KEY: "a text of any length",
      SUREHOOK_LOG_LEVEL: "silent",
      STRIPE_SECRET: stripeSecret,
      SFDC_CLIENT_SECRET: "19552799256752415",
    });
    const gateway = defineGateway({
      sources,
      destinations: {
        crm: salesforce({
          url: server.apexUrl,
          token: {
            grant: "client_credentials",
            loginUrl: server.url,
            clientId: "3MVG9.consumer.key",
            clientSecret: secret("SFDC_CLIENT_SECRET"),
          },
          allowPrivate: true,
        }),
      },
      routes: [{ to: "crm" }],
    });
    const engine = await openAws({ ...place, clock: Date.now, retentionMs: 86_400_000 });
    await receiver(gateway)(stripeRequest().event);
    await consumer(gateway)(await wakeOf(engine), invocation);
    expect(server.records).toHaveLength(1);
    const ssm = new SSMClient({});
    const Name = `${prefix}/crm`;
    const shown = async () =>
      (await ssm.send(new GetParameterCommand({ Name, WithDecryption: true }))).Parameter?.Value;
    expect(await shown()).toBe(server.issued[0]);
    const about = await ssm.send(
      new DescribeParametersCommand({ ParameterFilters: [{ Key: "Name", Values: [Name] }] }),
    );
    expect(about.Parameters?.[0]).toMatchObject({ Type: "SecureString", Tier: "Advanced" });

    const notified = {
      detail: { "parameter-name": Name, "policy-type": "ExpirationNotification" },
    };
    expect(await refresher(gateway)(notified)).toEqual({ renewed: ["crm"] });
    expect(server.issued).toHaveLength(2);
    expect(await shown()).toBe(server.issued[1]);
    expect(await refresher(gateway)({})).toEqual({ renewed: ["crm"] });
    await Promise.all([engine.close(), server.close()]);
  });
});

onEmulator("live clients", () => {
  keepEnvironment();

  const gateway = defineGateway({
    sources,
    destinations: { screens: websocket({ path: "/live", token: secret("LIVE_TOKEN") }) },
    routes: [{ to: "screens" }],
  });
  const event = (
    eventType: LiveEventOfApi["requestContext"]["eventType"],
    connectionId: string,
    given: Partial<LiveEventOfApi> = {},
  ): LiveEventOfApi => ({ requestContext: { eventType, connectionId }, ...given });

  it("come in by the destination's token, and get the bare payload until they are gone", async () => {
    const table = await connectionsTable();
    const posts: { readonly id: string; readonly payload: string }[] = [];
    const api = createServer((request, response) => {
      void text(request).then((payload) => {
        const id = decodeURIComponent(request.url?.split("/").at(-1) ?? "");
        if (id !== "gone") posts.push({ id, payload });
        if (id === "gone") response.setHeader("x-amzn-ErrorType", "GoneException");
        response.writeHead(id === "gone" ? 410 : 200).end("{}");
      });
    });
    await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
    const { port } = api.address() as AddressInfo;
    Object.assign(process.env, {
      SUREHOOK_CONNECTIONS_TABLE: table,
      SUREHOOK_CALLBACK_URL: `http://127.0.0.1:${port}/prod`,
      SUREHOOK_LOG_LEVEL: "silent",
      LIVE_TOKEN: "show-me",
    });
    const take = live(gateway);
    const token = { queryStringParameters: { token: "show-me" } };
    expect((await take(event("CONNECT", "stranger"))).statusCode).toBe(401);
    for (const id of ["here", "gone", "left"]) {
      expect(await take(event("CONNECT", id, token))).toEqual({ statusCode: 200 });
    }
    const asked = { headers: { "Sec-WebSocket-Protocol": "surehook.bare, show-me" } };
    expect((await take(event("CONNECT", "browser", asked))).headers).toEqual({
      "Sec-WebSocket-Protocol": "surehook.bare",
    });
    await take(event("DISCONNECT", "left"));
    await broadcaster(gateway)({
      Records: [
        { Sns: { Message: '{"test":"ok"}' } },
        {
          Sns: {
            Message: Buffer.from("binary").toString("base64"),
            MessageAttributes: { encoding: { Value: "base64" } },
          },
        },
      ],
    });
    const told = (id: string) => posts.flatMap((post) => (post.id === id ? [post.payload] : []));
    expect(told("here")).toEqual(['{"test":"ok"}', "binary"]);
    expect(told("browser")).toEqual(['{"test":"ok"}', "binary"]);
    expect(await connected(table)).toEqual(["browser", "here"]);
    api.close();
  });
});

async function connectionsTable(): Promise<string> {
  const TableName = freshName("clients");
  await new DynamoDBClient({}).send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "connectionId", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "connectionId", KeyType: "HASH" }],
    }),
  );
  return TableName;
}

async function connected(TableName: string): Promise<readonly string[]> {
  const { Items = [] } = await new DynamoDBClient({}).send(new ScanCommand({ TableName }));
  return Items.map(({ connectionId }) => connectionId?.S ?? "").sort();
}
