/** A deployed gateway whose destinations are a bucket and two buses: the consumer's own rights suffice, and each gets what it shall. */
import {
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import { GetFunctionConfigurationCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, it } from "vitest";
import { paypal } from "../../src/providers/index.ts";
import { pem } from "../support/paypal-host.ts";
import { stripePost } from "../support/stripe-posts.ts";
import { until } from "../support/until.ts";
import { call } from "./api-client.ts";
import { type Deployment, deploy } from "./deployment.ts";
import { freshName, onEmulator } from "./emulated.ts";
import { emulatorFacts } from "./facts.ts";
import { fillSecret } from "./filled.ts";
import { functionNamed } from "./function-variables.ts";
import { ledToPaypal } from "./led-to-paypal.ts";
import { leftOvers } from "./left-overs.ts";
import { newQueueFor, type Queue } from "./queues.ts";

const stackName = freshName("e2e");
const secret = "whsec_of_the_test";
const webhookId = "4JH86294D6297924G";
const client = new EventBridgeClient();

onEmulator("a bucket and buses, deployed", () => {
  let deployment: Deployment | undefined;
  let outputs: Readonly<Record<string, string>> = {};
  let told: Queue;
  let account: Queue;

  beforeAll(async () => {
    const { env } = emulatorFacts();
    deployment = await deploy("../test/emulator/kept-and-told", { context: { stackName }, env });
    outputs = deployment.outputs[stackName] ?? {};
    await fillSecret(outputs["SecretArn"], {
      STRIPE_WEBHOOK_SECRET: secret,
      PAYPAL_WEBHOOK_ID: webhookId,
      PAYPAL_CLIENT_ID: "client",
      PAYPAL_CLIENT_SECRET: "s3cret",
    });
    told = await listenAt(outputs["BusName"] ?? "", { source: ["payments.stripe"] });
    account = await listenAt("default", { "detail-type": ["customer.created"] });
  });

  afterAll(async () => {
    await deployment?.destroy();
  });

  /** A queue that gets what a bus is told. */
  async function listenAt(EventBusName: string, pattern: object): Promise<Queue> {
    const queue = await newQueueFor("events");
    const Rule = "listening";
    const EventPattern = JSON.stringify(pattern);
    await client.send(new PutRuleCommand({ Name: Rule, EventBusName, EventPattern }));
    const Targets = [{ Id: "queue", Arn: queue.arn }];
    await client.send(new PutTargetsCommand({ Rule, EventBusName, Targets }));
    return queue;
  }

  async function keys(): Promise<readonly string[]> {
    const list = new ListObjectsV2Command({ Bucket: outputs["BucketName"] });
    return ((await new S3Client().send(list)).Contents ?? []).map(({ Key = "" }) => Key);
  }

  function eventOf(id: string, type: string) {
    const object = { id: "cus_1", object: "customer", name: "Ada" };
    return stripePost(secret, { id, type, object });
  }

  async function post(signed: ReturnType<typeof eventOf>) {
    const { status, body } = await call(outputs["ApiUrl"] ?? "", "", signed);
    return { status, said: JSON.parse(body) };
  }

  function postPaypal(id: string) {
    const body = Buffer.from(JSON.stringify({ id, event_type: "PAYMENT.CAPTURE.COMPLETED" }));
    const key = `${webhookId}\n${pem("own-key")}`;
    const input = { body, secret: key, now: Date.now(), options: {}, id: `tx-${id}`, type: "x" };
    const { headers } = paypal.sign(input);
    const url = (outputs["ApiUrl"] ?? "").replace(/webhook$/, "paypal");
    return call(url, "", { body, headers });
  }

  it("keep and tell an event once, though it was sent twice; its module is asked once too", async () => {
    const signed = eventOf("evt_kept", "customer.created");
    const first = await post(signed);
    expect(first).toMatchObject({ status: 202, said: { took: "customer.created" } });
    expect(await post(signed)).toEqual(first);
    const Key = await until("the event's object", async () => (await keys())[0]);
    expect(Key).toMatch(/^stripe\/\d{4}\/\d\d\/\d\d\/evt_kept\.json$/);
    const object = new GetObjectCommand({ Bucket: outputs["BucketName"], Key });
    const { Body, Metadata } = await new S3Client().send(object);
    expect(await Body?.transformToString()).toBe(signed.body);
    expect(Metadata).toMatchObject({ provider: "stripe", type: "customer.created" });
    const onBus = JSON.parse((await told.next()).Body ?? "");
    expect([onBus["detail-type"], onBus.detail]).toEqual([
      "customer.created",
      JSON.parse(signed.body),
    ]);
    const onDefault = JSON.parse((await account.next()).Body ?? "");
    expect(onDefault.detail).toMatchObject({ specversion: "1.0", data: JSON.parse(signed.body) });
    expect([await keys(), await told.count(), await account.count()]).toEqual([[Key], 0, 0]);
  });

  it.each([
    ["consumer", "Consumer", "SUREHOOK_RESOURCES", "SUREHOOK_RESOURCE_PARAMETERS"],
    [
      "receiver, as where its secrets are,",
      "Receiver",
      "SUREHOOK_SECRETS",
      "SUREHOOK_SECRET_PARAMETERS",
    ],
  ])(
    "are told to the %s by parameters where that is too long for its environment",
    async (_, title, short, names) => {
      const FunctionName = await functionNamed(stackName, title);
      const { Environment } = await new LambdaClient().send(
        new GetFunctionConfigurationCommand({ FunctionName }),
      );
      expect(Environment?.Variables).not.toHaveProperty(short);
      expect(Environment?.Variables).toHaveProperty(names);
    },
  );

  it("get what their routes say, and nothing else", async () => {
    expect((await post(eventOf("evt_charge", "charge.succeeded"))).status).toBe(202);
    expect(JSON.parse((await told.next()).Body ?? "")["detail-type"]).toBe("charge.succeeded");
    await until("the second object", async () => (await keys()).length === 2);
    expect(await account.count()).toBe(0);
  });

  it("get what PayPal says that it sent, by a postback; what it doesn't know is refused", async () => {
    const led = await ledToPaypal(stackName, ({ path, authorization, body }, response) => {
      const isToken = path === "/v1/oauth2/token";
      const isOurs = JSON.parse(isToken ? "{}" : String(body)).webhook_event?.id === "WH-sent";
      const isLet = authorization === "Bearer postback-token";
      response
        .writeHead(isToken || isLet ? 200 : 401)
        .end(
          JSON.stringify(
            isToken
              ? { access_token: "postback-token", expires_in: 32_400 }
              : { verification_status: isOurs ? "SUCCESS" : "FAILURE" },
          ),
        );
    });
    const [sent, forged] = [await postPaypal("WH-sent"), await postPaypal("WH-forged")];
    await led.end();
    expect([sent.status, forged.status]).toEqual([200, 401]);
    expect(JSON.parse(forged.body).code).toBe("INVALID_SIGNATURE");
    const ofPaypal = async () => (await keys()).filter((key) => key.startsWith("paypal/"));
    await until("PayPal's object", async () => (await ofPaypal()).length > 0);
    expect(await ofPaypal()).toEqual([expect.stringMatching(/\/WH-sent[.]json$/)]);
    expect(new Set(led.wanted)).toEqual(new Set(["api-m.sandbox.paypal.com:443"]));
    const basic = `Basic ${Buffer.from("client:s3cret").toString("base64")}`;
    expect(led.asked.map(({ path, authorization }) => [path, authorization])).toEqual([
      ["/v1/oauth2/token", basic],
      ["/v1/notifications/verify-webhook-signature", "Bearer postback-token"],
      ["/v1/notifications/verify-webhook-signature", "Bearer postback-token"],
    ]);
  });

  it("leave nothing when they are destroyed, the bucket's objects included", async () => {
    const rule = { Rule: "listening", EventBusName: outputs["BusName"], Ids: ["queue"] };
    await client.send(new RemoveTargetsCommand(rule));
    await deployment?.destroy();
    deployment = undefined;
    expect(await leftOvers(stackName)).toEqual([]);
  });
});
