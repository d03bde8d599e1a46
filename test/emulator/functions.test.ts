/** The functions as AWS calls them, on the emulator: what senders are answered, and what becomes of what they sent. */
import { createHmac } from "node:crypto";
import { gzipSync } from "node:zlib";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from "@aws-sdk/client-s3";
import { PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { expect, it, vi } from "vitest";
import type { AuthorizerEvent } from "../../src/app/lambda/events.ts";
import { authorizer, receiver } from "../../src/app/lambda/index.ts";
import { stripeEvent } from "../support/stripe-events.ts";
import { freshName, onEmulator } from "./emulated.ts";
import {
  apiEvent,
  drain,
  keepEnvironment,
  linesRequest,
  linesToken,
  openWorld,
  records,
  stripeRequest,
  wakeOf,
} from "./function-world.ts";
import { gatewayTo } from "./functions.config.ts";
import { itemsOf } from "./items.ts";

const all = { limit: 100 };

onEmulator("the receiver", () => {
  keepEnvironment();

  it("answers what the gateway on one machine answers, with the bytes kept", async () => {
    const world = await openWorld();
    const { id, body, headers } = stripeEvent({ note: "Grüße, 世界 😀" });
    const answer = await world.receive(apiEvent("/stripe", body, headers));
    expect(answer).toMatchObject({ statusCode: 200, isBase64Encoded: false });
    const [event] = (await world.engine.events({}, all)).items;
    expect(JSON.parse(answer.body)).toEqual({ received: true, eventId: id, jobId: event?.id });
    const kept = await world.engine.body(event?.requestId ?? "");
    expect(kept?.equals(Buffer.from(body))).toBe(true);
    expect(event).toMatchObject({ source: "stripe", secretName: "STRIPE_SECRET" });
    await world.close();
  });

  it("recognises duplicates, two at the same moment too", async () => {
    const world = await openWorld();
    const { event } = stripeRequest();
    const answers = await Promise.all([1, 2, 3, 4].map(() => world.receive(event)));
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
    await world.heal();
    expect(await world.engine.counts()).toMatchObject({
      requests: { accepted: 1, duplicate: 3 },
      events: 1,
      deliveries: { delivered: 1 },
    });
    expect(world.sink.arrivals).toHaveLength(1);
    await world.close();
  });

  it("spreads over as many partitions as it is told, and the sweeper finds what waits in each", async () => {
    const world = await openWorld(undefined, { SUREHOOK_SHARDS: "64" });
    await Promise.all(Array.from({ length: 12 }, () => world.receive(stripeRequest().event)));
    const items = await itemsOf(process.env["SUREHOOK_TABLE"]);
    const numbers = items.flatMap(({ shard }) => shard?.S?.slice(1) ?? []);
    expect(numbers).toHaveLength(12);
    // By eight, which is the default, there is none of these; by 64, all of 12 below that once in 7e10.
    expect(Math.max(...numbers.map(Number))).toBeGreaterThan(7);
    await world.heal();
    expect(world.sink.arrivals).toHaveLength(12);
    await world.close();
  });

  it("refuses what is not signed rightly, and keeps it to be released", async () => {
    const world = await openWorld();
    const { body, headers } = stripeEvent({ secret: "whsec_another" });
    const answer = await world.receive(apiEvent("/stripe", body, headers));
    expect(answer.statusCode).toBe(401);
    expect(JSON.parse(answer.body)).toMatchObject({ code: "INVALID_SIGNATURE" });
    const { items } = await world.engine.requests({ outcome: "rejected" }, all);
    expect(items).toMatchObject([{ code: "INVALID_SIGNATURE", remoteAddress: "203.0.113.9" }]);
    await world.close();
  });

  it("takes a secret that was rotated since it was read", async () => {
    const world = await openWorld();
    await world.receive(stripeRequest().event);
    const rotated = "whsec_rotated";
    const [place] = JSON.parse(process.env["SUREHOOK_SECRETS"] ?? "[]");
    await new SecretsManagerClient({}).send(
      new PutSecretValueCommand({
        SecretId: place.id,
        SecretString: JSON.stringify({ STRIPE_SECRET: rotated, LINES_TOKEN: linesToken }),
      }),
    );
    const { event } = stripeRequest({ secret: rotated });
    // Forgers can't make it read again at once.
    expect((await world.receive(event)).statusCode).toBe(401);
    vi.setSystemTime(Date.now() + 20_000);
    expect((await world.receive(event)).statusCode).toBe(200);
    await world.close();
  });

  it("reads where its secrets are from parameters, where they are too many for a variable", async () => {
    const Name = `/surehook/${freshName("told")}`;
    const world = await openWorld(undefined, { SUREHOOK_SECRET_PARAMETERS: Name });
    const Value = process.env["SUREHOOK_SECRETS"];
    delete process.env["SUREHOOK_SECRETS"];
    const told = receiver(gatewayTo(world.sink.url));
    const { event } = stripeRequest();
    // What can't be read is our fault, and is read again with the next.
    expect((await told(event)).statusCode).toBe(503);
    await new SSMClient({}).send(new PutParameterCommand({ Name, Value, Type: "String" }));
    expect((await told(event)).statusCode).toBe(200);
    await world.close();
  });

  it("learns the first secret that is shown, for every copy of it, and keeps it sealed", async () => {
    const world = await openWorld(undefined, { SUREHOOK_KEY: "the stack's random text" });
    const shown = "b537207f20cbfa02357cf448134da559";
    const show = (secret: string) =>
      world.receive(apiEvent("/asana", "{}", { "X-Hook-Secret": secret }));
    expect(await show(shown)).toMatchObject({
      statusCode: 200,
      headers: { "X-Hook-Secret": shown },
    });
    expect((await show("of-somebody-else")).statusCode).toBe(200);
    const another = receiver(gatewayTo(world.sink.url));
    const statusOf = async (secret: string) => {
      const signature = createHmac("sha256", secret).update("{}").digest("hex");
      return (await another(apiEvent("/asana", "{}", { "X-Hook-Signature": signature })))
        .statusCode;
    };
    expect([await statusOf(shown), await statusOf("of-somebody-else")]).toEqual([200, 401]);
    const items = await itemsOf(process.env["SUREHOOK_TABLE"]);
    expect(JSON.stringify(items).includes(shown)).toBe(false);
    await world.close();
  });

  it("keeps a body that no item could hold in the bucket, and delivers it", async () => {
    const world = await openWorld();
    const { event } = stripeRequest({ bytes: 3_000_000 });
    expect((await world.receive(event)).statusCode).toBe(200);
    await world.heal();
    expect(world.sink.arrivals.map(({ body }) => body?.length)).toEqual([
      Buffer.from(event.body ?? "", "base64").length,
    ]);
    await world.close();
  });

  it("keeps a batch whole, with a plan that no item could hold", async () => {
    const world = await openWorld();
    const lines = Array.from({ length: 300 }, (_, n) => JSON.stringify({ id: `e${n}`, type: "t" }));
    const event = apiEvent("/lines/acme", lines.join("\n"), { "x-test-token": linesToken });
    expect((await world.receive(event)).statusCode).toBe(200);
    expect(await world.engine.counts()).toMatchObject({ events: 300, deliveries: { ready: 600 } });
    await world.close();
  });

  it("says 404, 405 and 413 as the gateway on one machine does", async () => {
    const world = await openWorld();
    const { event } = stripeRequest();
    const nowhere = await world.receive({ ...event, path: "/nowhere" });
    const asked = await world.receive({ ...event, httpMethod: "GET" });
    const body = gzipSync(Buffer.alloc(10)).toString("base64");
    const huge = { ...event, path: "/lines/acme", body: Buffer.alloc(200_000).toString("base64") };
    expect([nowhere.statusCode, asked.statusCode, asked.headers["allow"]]).toEqual([
      404,
      405,
      "POST",
    ]);
    expect((await world.receive(huge)).statusCode).toBe(413);
    expect((await world.receive({ ...event, body })).statusCode).toBe(401);
    await world.close();
  });

  it("answers 503 where its table is away", async () => {
    const world = await openWorld(undefined, { SUREHOOK_TABLE: "not-there" });
    const answer = await world.receive(stripeRequest().event);
    expect(answer.statusCode).toBe(503);
    expect(answer.headers["retry-after"]).toBeDefined();
    await world.close();
  });
});

onEmulator("the authorizer", () => {
  it("denies an Authorization that is empty or invalid, and a request without any proof", async () => {
    const judge = authorizer(gatewayTo("http://127.0.0.1:9"));
    const effectOf = async (path: string, headers: Record<string, string>) => {
      const event: AuthorizerEvent = {
        ...apiEvent(path, "", headers),
        methodArn: "arn:aws:execute-api:us-east-1:000000000000:api/prod/POST/stripe",
      };
      return (await judge(event)).policyDocument.Statement[0]?.Effect;
    };
    const signed = { "Stripe-Signature": "t=1,v1=00" };
    expect(await effectOf("/stripe", {})).toBe("Deny");
    expect(await effectOf("/stripe", { ...signed, Authorization: "" })).toBe("Deny");
    expect(await effectOf("/stripe", { ...signed, Authorization: "invalid" })).toBe("Deny");
    expect(await effectOf("/stripe", { Authorization: "Bearer x" })).toBe("Allow");
    expect(await effectOf("/stripe", signed)).toBe("Allow");
    expect(await effectOf("/lines/acme", {})).toBe("Allow");
  });
});

onEmulator("the consumer", () => {
  keepEnvironment();

  it("puts a failed attempt off by the queue, and settles it when it comes again", async () => {
    const world = await openWorld((count) => ({ status: count === 1 ? 500 : 200 }));
    await world.receive(stripeRequest().event);
    const wake = await wakeOf(world.engine);
    expect(await world.consume(wake)).toEqual({ batchItemFailures: [] });
    const [delivery] = (await world.engine.deliveries({}, all)).items;
    expect(delivery).toMatchObject({ state: "ready", attempts: 1, dueAt: Date.now() + 2_000 });
    const put = await world.queue.next();
    vi.setSystemTime(Date.now() + 2_000);
    await world.consume(records([put.Body ?? ""]));
    expect(await world.engine.delivery(delivery?.id ?? "")).toMatchObject({
      state: "delivered",
      attempts: 2,
    });
    await world.close();
  });

  it("delivers once what the queue brings twice at the same moment", async () => {
    const world = await openWorld();
    await world.receive(stripeRequest().event);
    const wake = await wakeOf(world.engine);
    await Promise.all([world.consume(wake), world.consume(wake), world.consume(wake)]);
    expect(world.sink.arrivals).toHaveLength(1);
    await world.close();
  });

  it("leaves alone what is paused, until it is resumed", async () => {
    const world = await openWorld();
    await world.engine.pause({ destination: "near", cause: "person", reason: "deploying" });
    await world.receive(stripeRequest().event);
    const wake = await wakeOf(world.engine);
    expect(wake.Records).toEqual([]);
    await world.engine.resume("near");
    vi.setSystemTime(Date.now() + 3_600_000);
    await world.heal();
    expect(world.sink.arrivals).toHaveLength(1);
    await world.close();
  });

  it("has the dead archived, with their attempts", async () => {
    const world = await openWorld(() => ({ status: 500 }));
    await world.receive(linesRequest().event);
    await world.heal();
    expect(await world.engine.counts()).toMatchObject({ deliveries: { dead: 4, ready: 0 } });
    expect(await world.engine.unarchived(10)).toEqual([]);
    await world.close();
  });

  it("has what lost its body archived, with what happened and what to do", async () => {
    const world = await openWorld();
    const { body, headers } = stripeEvent({ bytes: 250_000 });
    await world.receive(apiEvent("/stripe", body, headers));
    const [event] = (await world.engine.events({}, all)).items;
    const client = new S3Client();
    const lost = { Bucket: world.bucket, Key: `bodies/${event?.requestId}` };
    await client.send(new DeleteObjectCommand(lost));
    await world.heal();
    expect(world.sink.arrivals).toEqual([]);
    const list = new ListObjectsV2Command({ Bucket: world.bucket, Prefix: "stripe/" });
    const { Contents = [] } = await client.send(list);
    const [file, ...others] = Contents;
    expect(others).toEqual([]);
    const read = new GetObjectCommand({ Bucket: world.bucket, Key: file?.Key });
    const text = await (await client.send(read)).Body?.transformToString();
    expect(JSON.parse(text ?? "")).toMatchObject({
      jobId: event?.id,
      destination: "near",
      reason: expect.stringMatching(/^BODY_GONE: .*surehook replay/),
      payload: "",
    });
    await world.close();
  });

  it("fails the receive at a failed attempt where the queue counts them; the third archives", async () => {
    const queue = { SUREHOOK_RETRIES: "queue" };
    const world = await openWorld(() => ({ status: 500 }), queue);
    await world.receive(stripeRequest().event);
    const wake = await wakeOf(world.engine);
    const failed = { batchItemFailures: [{ itemIdentifier: "0" }] };
    for (const attempts of [1, 2, 3]) {
      expect(await world.consume(wake)).toEqual(failed);
      const { items } = await world.engine.deliveries({}, all);
      expect(items).toMatchObject([{ state: "ready", attempts }]);
    }
    // What SQS does after the third.
    expect(await world.archive(wake)).toEqual({ batchItemFailures: [] });
    const { items } = await world.engine.deliveries({}, all);
    expect(items).toMatchObject([{ state: "dead", reason: "DESTINATION_STATUS: answered 500" }]);
    expect(await world.engine.unarchived(10)).toEqual([]);
    expect(await drain(world.queue.url)).toEqual([]);
    await world.close();
  });

  it("fails the receive by a fault of its own, and is not given up for one that passes", async () => {
    const world = await openWorld();
    await world.receive(stripeRequest().event);
    const wake = await wakeOf(world.engine);
    // In the dead-letter queue after three receives that could not even claim it.
    await world.archive(wake);
    expect((await world.engine.deliveries({}, all)).items).toMatchObject([{ state: "ready" }]);
    await world.heal();
    expect(world.sink.arrivals).toHaveLength(1);
    await world.close();
  });
});
