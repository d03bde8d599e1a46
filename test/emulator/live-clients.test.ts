/** Live clients over a WebSocket API: the functions as AWS calls them, over real tables and a real topic. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { CreateTableCommand, DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { LiveEventOfApi, TopicEvent } from "../../src/app/lambda/events.ts";
import { broadcaster, consumer, live, receiver } from "../../src/app/lambda/index.ts";
import { defineGateway, secret } from "../../src/core/define.ts";
import { websocket } from "../../src/destinations/index.ts";
import { openAws } from "../../src/engines/aws/index.ts";
import { connectedClients } from "../../src/net/aws/live.ts";
import { stripe } from "../../src/providers/index.ts";
import { newPlace } from "../support/aws-store.ts";
import { stripeSecret } from "../support/stripe-events.ts";
import { until } from "../support/until.ts";
import { freshName, onEmulator } from "./emulated.ts";
import { keepEnvironment, stripeRequest, wakeOf } from "./function-world.ts";
import { newQueueFor } from "./queues.ts";

const invocation = { getRemainingTimeInMillis: () => 20_000 };
const gateway = defineGateway({
  sources: { stripe: stripe({ path: "/stripe", secrets: [secret("STRIPE_SECRET")] }) },
  destinations: {
    screens: websocket({ path: "/live", token: secret("LIVE_TOKEN"), resumeEvents: 3 }),
  },
  routes: [{ to: "screens" }],
});
const shown = { queryStringParameters: { token: "show-me" } };
const framed = { headers: { "Sec-WebSocket-Protocol": "surehook.v1, show-me" } };

/** The functions of one deployment, and what clients get by API Gateway's own address for them. */
async function openScene() {
  const [table, place, queue] = await Promise.all([
    connectionsTable(),
    newPlace(),
    newQueueFor("sns"),
  ]);
  const { TopicArn } = await new SNSClient().send(
    new CreateTopicCommand({ Name: freshName("live") }),
  );
  await new SNSClient().send(
    new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint: queue.arn }),
  );
  const api = await openApi();
  Object.assign(process.env, {
    SUREHOOK_TABLE: place.table,
    SUREHOOK_BUCKET: place.bucket,
    SUREHOOK_BUS: "default",
    SUREHOOK_QUEUE_URL: "http://127.0.0.1:9/queue",
    SUREHOOK_TOPIC_ARN: TopicArn,
    SUREHOOK_CONNECTIONS_TABLE: table,
    SUREHOOK_CALLBACK_URL: api.url,
    SUREHOOK_LOG_LEVEL: "silent",
    STRIPE_SECRET: stripeSecret,
    LIVE_TOKEN: "show-me",
  });
  const engine = await openAws({ ...place, clock: Date.now, retentionMs: 86_400_000 });
  const [hear, receive, consume, show] = [
    live(gateway),
    receiver(gateway),
    consumer(gateway),
    broadcaster(gateway),
  ];
  type Type = LiveEventOfApi["requestContext"]["eventType"];
  const call = (eventType: Type, connectionId: string, given: Partial<LiveEventOfApi> = {}) =>
    hear({ requestContext: { eventType, connectionId }, ...given }, invocation);
  const accept = async (type = "payment_intent.succeeded", bytes = 500) => {
    const request = stripeRequest({ type, bytes });
    await receive(request.event);
    const { items } = await engine.events({ providerEventId: request.id }, { limit: 1 });
    return { id: items[0]?.id ?? "", request };
  };
  return {
    ...api,
    clients: connectedClients(table),
    call,
    say: (connectionId: string, saying: unknown) =>
      call("MESSAGE", connectionId, {
        body: typeof saying === "string" ? saying : JSON.stringify(saying),
      }),
    show,
    /** Has an event come; our id of it. */
    accept,
    /** Has an event come, go through the gateway, and be published; as the topic brings it, and our id of it. */
    publish: async (type?: string, bytes?: number) => {
      const { id, request } = await accept(type, bytes);
      await consume(await wakeOf(engine), invocation);
      for (;;) {
        const { Message, MessageAttributes } = JSON.parse((await queue.next()).Body ?? "");
        if (MessageAttributes.id.Value !== id) continue;
        const brought: TopicEvent = { Records: [{ Sns: { Message, MessageAttributes } }] };
        return { brought, id, providerEventId: request.id, payload: JSON.parse(Message) };
      }
    },
    connected: () => connected(table),
    end: async () => {
      api.close();
      await engine.close();
    },
  };
}

/** Where functions post to clients. Whoever is called `gone` is. */
async function openApi() {
  const posts: { readonly id: string; readonly payload: string }[] = [];
  const cuts: string[] = [];
  const server = createServer((request, response) => {
    void text(request).then((payload) => {
      const id = decodeURIComponent(request.url?.split("/").at(-1) ?? "");
      if (id === "gone") response.setHeader("x-amzn-ErrorType", "GoneException");
      else if (request.method === "DELETE") cuts.push(id);
      else posts.push({ id, payload });
      response.writeHead(id === "gone" ? 410 : 200).end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const told = (id: string) => posts.flatMap((post) => (post.id === id ? [post.payload] : []));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/prod`,
    cuts,
    told,
    /** What a client of the protocol got: ids of events, and answers. */
    frames: (id: string) =>
      told(id).map((payload) => {
        const frame = JSON.parse(payload);
        return "id" in frame ? frame.id : frame;
      }),
    close: () => server.close(),
  };
}

onEmulator("live clients", () => {
  keepEnvironment();
  let scene: Awaited<ReturnType<typeof openScene>>;
  beforeEach(async () => {
    scene = await openScene();
  });
  afterEach(() => scene.end());

  it("come in by the destination's token, and get the bare payload until they are gone", async () => {
    expect((await scene.call("CONNECT", "stranger")).statusCode).toBe(401);
    for (const id of ["here", "gone", "left"]) {
      expect(await scene.call("CONNECT", id, shown)).toEqual({ statusCode: 200 });
    }
    const asked = { headers: { "Sec-WebSocket-Protocol": "surehook.bare, show-me" } };
    expect((await scene.call("CONNECT", "browser", asked)).headers).toEqual({
      "Sec-WebSocket-Protocol": "surehook.bare",
    });
    await scene.call("DISCONNECT", "left");
    await scene.say("here", "what it says is not looked at");
    await scene.show({
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
    expect(scene.told("here")).toEqual(['{"test":"ok"}', "binary"]);
    expect(scene.told("browser")).toEqual(['{"test":"ok"}', "binary"]);
    expect(await scene.connected()).toEqual(["browser", "here"]);
  });

  it("of surehook.v1 get the events of the types that they ask for, as the gateway's own server frames them", async () => {
    expect((await scene.call("CONNECT", "one", framed)).headers).toEqual({
      "Sec-WebSocket-Protocol": "surehook.v1",
    });
    await scene.say("one", { subscribe: ["payment_intent.*"] });
    const other = await scene.publish("customer.created");
    const wanted = await scene.publish();
    await scene.show(other.brought);
    await scene.show(wanted.brought);
    expect(scene.told("one").map((one) => JSON.parse(one))).toEqual([
      { ok: "subscribe", types: ["payment_intent.*"] },
      {
        id: wanted.id,
        providerEventId: wanted.providerEventId,
        source: "stripe",
        provider: "stripe",
        type: "payment_intent.succeeded",
        timestamp: new Date(wanted.payload.created * 1000).toISOString(),
        payload: wanted.payload,
      },
    ]);
  });

  it("that say nothing are live after a moment, in which what comes waits for them", async () => {
    await scene.call("CONNECT", "silent", framed);
    const { brought, id } = await scene.publish();
    await scene.show(brought);
    expect(scene.frames("silent")).toEqual([id]);
    expect((await scene.clients.get("silent"))?.state).toBe("live");
    await scene.say("silent", { resume: id });
    expect(scene.frames("silent").at(-1)).toMatchObject({ error: "TOO_LATE", resume: id });
  });

  it("resume after an event: what they missed, the answer, what came meanwhile, what is live", async () => {
    const seen = await scene.publish();
    const [missed, unwanted] = [await scene.publish(), await scene.publish("customer.created")];
    await scene.call("CONNECT", "back", framed);
    const resumed = scene.say("back", { subscribe: ["payment_intent.*"], resume: seen.id });
    await until(
      "it to resume",
      async () => (await scene.clients.get("back"))?.state === "resuming",
    );
    // One that is among what it missed, one that it doesn't want, one that only goes out now.
    const { id } = await scene.accept();
    const attributes = { id: { Value: id }, type: { Value: "payment_intent.succeeded" } };
    const now = { Records: [{ Sns: { Message: "{}", MessageAttributes: attributes } }] };
    for (const brought of [missed.brought, unwanted.brought, now]) await scene.show(brought);
    expect(scene.frames("back")).toHaveLength(1);
    await resumed;
    const next = await scene.publish();
    await scene.show(next.brought);
    expect(scene.frames("back")).toEqual([
      { ok: "subscribe", types: ["payment_intent.*"] },
      missed.id,
      { ok: "resume", events: 1 },
      id,
      next.id,
    ]);
  });

  it("get again what came in the moments before the last that they saw, since events overtake one another", async () => {
    const [first, last, after] = [
      await scene.publish(),
      await scene.publish(),
      await scene.publish(),
    ];
    await scene.call("CONNECT", "back", framed);
    await scene.say("back", { resume: last.id });
    expect(scene.frames("back")).toEqual([first.id, after.id, { ok: "resume", events: 2 }]);
  });

  it("are told what is too old to be resumed, and are live then", async () => {
    await scene.call("CONNECT", "stranger", framed);
    await scene.say("stranger", { resume: "019a0000-0000-7000-8000-000000000000" });
    expect(scene.frames("stranger")).toMatchObject([{ error: "TOO_OLD" }]);
    expect((await scene.clients.get("stranger"))?.state).toBe("live");
    const seen = await scene.publish();
    for (let more = 0; more < 4; more += 1) await scene.publish();
    await scene.call("CONNECT", "late", framed);
    await scene.say("late", { resume: seen.id });
    expect(scene.frames("late")).toMatchObject([{ error: "TOO_OLD", resume: seen.id }]);
  });

  it("get an event that is larger than API Gateway sends without its payload", async () => {
    await scene.call("CONNECT", "bare", shown);
    await scene.call("CONNECT", "framed", framed);
    await scene.say("framed", { subscribe: ["*"] });
    const { brought, id } = await scene.publish(undefined, 140_000);
    await scene.show(brought);
    expect(scene.told("bare")).toEqual([]);
    expect(JSON.parse(scene.told("framed")[1] ?? "")).toMatchObject({
      id,
      payload: null,
      encoding: "omitted",
    });
  });

  it("are cut off where the function that resumed them has died, and come again", async () => {
    const now = Date.now();
    const client = { connectionId: "left-alone", until: now - 1, ttl: now };
    await scene.clients.add({ ...client, state: "opening" });
    await scene.clients.leaveOpening("left-alone", now - 1);
    await scene.show((await scene.publish()).brought);
    expect(scene.cuts).toEqual(["left-alone"]);
  });

  it("are told what isn't understood, and are cut off where they say too much", async () => {
    await scene.call("CONNECT", "odd", framed);
    await scene.say("odd", "hello");
    expect(scene.frames("odd")).toMatchObject([{ error: "NOT_UNDERSTOOD" }]);
    await scene.say("odd", { subscribe: ["x".repeat(5_000)] });
    expect(scene.cuts).toEqual(["odd"]);
    expect((await scene.say("unknown", { subscribe: [] })).statusCode).toBe(200);
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
