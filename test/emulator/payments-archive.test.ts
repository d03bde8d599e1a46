import { DeleteTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { paypal, square } from "../../src/providers/index.ts";
import { pem } from "../support/paypal-host.ts";
import { signedByStripe, stripePost } from "../support/stripe-posts.ts";
import { until } from "../support/until.ts";
import { call } from "./api-client.ts";
import { type Deployment, deploy } from "./deployment.ts";
import { freshName, onEmulator } from "./emulated.ts";
import { emulatorFacts } from "./facts.ts";
import { fillSecret } from "./filled.ts";
import { itemsOf } from "./items.ts";
import { ledToPaypal } from "./led-to-paypal.ts";
import { leftOvers } from "./left-overs.ts";
import { leaveOwed } from "./left-owed.ts";

const suffix = freshName("e2e");
const stackName = `PaymentsArchive-${suffix}`;
const secrets = {
  STRIPE_WEBHOOK_SECRET: "whsec_of_the_test",
  PAYPAL_WEBHOOK_ID: "1JE4291016473214C",
  SQUARE_SIGNATURE_KEY: "a-key-of-square",
};

onEmulator("payments-archive, deployed", () => {
  let deployment: Deployment | undefined;
  let outputs: Readonly<Record<string, string>> = {};

  beforeAll(async () => {
    const context = { environmentSuffix: suffix, visibilitySeconds: "5" };
    deployment = await deploy("payments-archive", { context, env: emulatorFacts().env });
    outputs = deployment.outputs[stackName] ?? {};
    await fillSecret(outputs["SecretArn"], secrets);
  });

  afterAll(async () => {
    await deployment?.destroy();
  });

  const apiUrl = () => outputs["ApiUrl"] ?? "";

  function payment(id: string) {
    const object = { id: "pi_1", object: "payment_intent", amount: 4200 };
    const type = "payment_intent.succeeded";
    return stripePost(secrets.STRIPE_WEBHOOK_SECRET, { id, type, object });
  }

  const items = () => itemsOf(outputs["TableName"]);

  function itemOf(eventId: string) {
    return until(`the item of ${eventId}`, async () =>
      (await items()).find((item) => item["eventId"]?.S === eventId),
    );
  }

  it("says where it is, as it always did", () => {
    expect(Object.keys(outputs)).toEqual(
      expect.arrayContaining(["ApiUrl", "TableName", "BucketName"]),
    );
    expect(outputs["TableName"]).toBe(`WebhookEvents-${suffix}`);
  });

  it("writes a signed webhook of Stripe to the table", async () => {
    const { body, headers } = payment("evt_first");
    const answer = await call(apiUrl(), "/stripe", { body, headers });
    expect([answer.status, JSON.parse(answer.body)]).toEqual([
      200,
      expect.objectContaining({ received: true, eventId: "evt_first" }),
    ]);
    expect(await itemOf("evt_first")).toMatchObject({
      eventId: { S: "evt_first" },
      timestamp: { N: "1790000000" },
      provider: { S: "stripe" },
      type: { S: "payment_intent.succeeded" },
      payload: { S: body },
    });
  });

  it("writes a signed webhook of Square, which signs the API's own address", async () => {
    const body = Buffer.from(
      JSON.stringify({ event_id: "square-1", type: "payment.created", data: {} }),
    );
    const { headers } = square.sign({
      body,
      secret: secrets.SQUARE_SIGNATURE_KEY,
      now: Date.now(),
      options: {},
      id: "square-1",
      type: "payment.created",
      url: `${apiUrl()}square`,
    });
    expect((await call(apiUrl(), "/square", { body, headers })).status).toBe(200);
    expect(await itemOf("square-1")).toMatchObject({ provider: { S: "square" } });
  });

  describe("with PayPal's certificate, from a server that stands for its host", () => {
    const url = "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-deployed";
    let led: Awaited<ReturnType<typeof ledToPaypal>>;

    beforeAll(async () => {
      led = await ledToPaypal(stackName, (_, response) => {
        response.end(pem("paypal") + pem("intermediate"));
      });
    });

    afterAll(() => led.end());

    function post(id: string, given: { readonly webhookId?: string; readonly url?: string } = {}) {
      const event = { id, event_type: "PAYMENT.CAPTURE.COMPLETED", resource: { amount: 20 } };
      const body = Buffer.from(JSON.stringify(event));
      const secret = `${given.webhookId ?? secrets.PAYPAL_WEBHOOK_ID}\n${pem("own-key")}`;
      const input = { body, secret, now: Date.now(), options: {}, id: `tx-${id}`, type: "x" };
      const headers = { ...paypal.sign(input).headers, "PayPal-Cert-Url": given.url ?? url };
      return call(apiUrl(), "/paypal", { body, headers });
    }

    it("writes what PayPal signed, for one fetch of the certificate", async () => {
      expect((await post("WH-1")).status).toBe(200);
      expect((await post("WH-2")).status).toBe(200);
      expect(await itemOf("WH-1")).toMatchObject({ provider: { S: "paypal" } });
      expect(await itemOf("WH-2")).toMatchObject({ type: { S: "PAYMENT.CAPTURE.COMPLETED" } });
      expect(led.wanted).toEqual(["api.sandbox.paypal.com:443"]);
      expect(led.asked.map(({ path }) => path)).toEqual([new URL(url).pathname]);
    });

    it("refuses what it signed for somebody else, and what names another host", async () => {
      expect((await post("WH-3", { webhookId: "9XL90610J3647323C" })).status).toBe(401);
      const foreign = "https://evil.example/v1/notifications/certs/CERT-deployed";
      expect((await post("WH-4", { url: foreign })).status).toBe(401);
      expect(led.wanted).toHaveLength(1);
    });
  });

  it("takes a webhook once, also where two come at the same moment", async () => {
    const { body, headers } = payment("evt_twice");
    const post = () => call(apiUrl(), "/stripe", { body, headers });
    const answers = await Promise.all([post(), post(), post()]);
    answers.push(await post());
    const [first, ...others] = answers.map(({ status, body: text }) => [status, JSON.parse(text)]);
    expect(first?.[0]).toBe(200);
    for (const other of others) expect(other).toEqual(first);
    await itemOf("evt_twice");
    expect((await items()).filter((item) => item["eventId"]?.S === "evt_twice")).toHaveLength(1);
  });

  it("keeps a payload that is too large for an item beside it", async () => {
    const padded = payment("evt_large").body.replace("{", `{"padding":"${"x".repeat(320_000)}",`);
    const { headers } = signedByStripe(secrets.STRIPE_WEBHOOK_SECRET, padded);
    expect((await call(apiUrl(), "/stripe", { body: padded, headers })).status).toBe(200);
    const { payloadRef } = await itemOf("evt_large");
    const key = payloadRef?.S?.replace(`s3://${outputs["BucketName"]}/`, "");
    const object = { Bucket: outputs["BucketName"], Key: key };
    const { Body } = await new S3Client().send(new GetObjectCommand(object));
    expect(await Body?.transformToString()).toBe(padded);
  });

  it("refuses a wrong signature with 401", async () => {
    const { body, headers } = payment("evt_forged");
    const answer = await call(apiUrl(), "/stripe", { body: `${body} `, headers });
    expect([answer.status, JSON.parse(answer.body).code]).toEqual([401, "INVALID_SIGNATURE"]);
  });

  it.each([
    ["invalid", { authorization: "invalid", "stripe-signature": "t=1,v1=00" }],
    ["empty", { authorization: "", "stripe-signature": "t=1,v1=00" }],
    ["missing, as every signature is", {}],
  ])("denies with 403 where Authorization is %s", async (_, headers) => {
    const { body } = payment("evt_denied");
    expect((await call(apiUrl(), "/stripe", { body, headers })).status).toBe(403);
  });

  it("says 405 for another method", async () => {
    const { headers } = payment("evt_get");
    const answer = await call(apiUrl(), "/stripe", { method: "PUT", headers });
    expect([answer.status, answer.headers["allow"]]).toEqual([405, "POST"]);
  });

  it("opens a batch that a crash left, and renews a body that is waited for, with its sweeper's own rights", async () => {
    const outputOf = (name: string) => outputs[name] ?? "";
    const place = { table: outputOf("SurehookTable"), bucket: outputOf("SurehookBucket") };
    const { eventId, isRenewed, sweep } = await leaveOwed(place, stackName);
    const answer = await sweep();
    expect(answer, JSON.stringify(answer)).toMatchObject({ woken: expect.any(Number) });
    await until("the batch's event", async () => eventId());
    await until("the body's renewal", isRenewed);
  });

  it("archives what could not be written after three receives", async () => {
    const TableName = outputs["TableName"];
    await new DynamoDBClient().send(new DeleteTableCommand({ TableName }));
    // Larger than an item could hold: consumer and archiver read it in the bucket.
    const body = payment("evt_dead").body.replace("{", `{"padding":"${"x".repeat(250_000)}",`);
    const { headers } = signedByStripe(secrets.STRIPE_WEBHOOK_SECRET, body);
    expect((await call(apiUrl(), "/stripe", { body, headers })).status).toBe(200);
    const Bucket = outputs["BucketName"];
    const client = new S3Client();
    const key = await until(
      "the file of evt_dead",
      async () => {
        const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }));
        return Contents.find(({ Key }) => Key?.endsWith("/evt_dead.json"))?.Key;
      },
      90_000,
    );
    expect(key).toMatch(/^stripe\/\d{4}\/\d\d\/\d\d\/evt_dead\.json$/);
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: key }));
    expect(JSON.parse((await Body?.transformToString()) ?? "")).toMatchObject({
      eventId: "evt_dead",
      provider: "stripe",
      payload: body,
    });
  }, 120_000);

  it("leaves nothing when it is destroyed", async () => {
    const before = (await leftOvers(suffix)).join("\n");
    // It sees what is there, also of those services that are asked without a client.
    for (const part of [/^key /m, /Role/, /Log/, /Alarm/, stackName]) expect(before).toMatch(part);
    await deployment?.destroy();
    deployment = undefined;
    expect(await leftOvers(suffix)).toEqual([]);
  });
});
