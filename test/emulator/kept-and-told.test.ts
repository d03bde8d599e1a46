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
import { stripePost } from "../support/stripe-posts.ts";
import { until } from "../support/until.ts";
import { call } from "./api-client.ts";
import { type Deployment, deploy } from "./deployment.ts";
import { freshName, onEmulator } from "./emulated.ts";
import { emulatorFacts } from "./facts.ts";
import { fillSecret } from "./filled.ts";
import { functionNamed } from "./function-variables.ts";
import { leftOvers } from "./left-overs.ts";
import { newQueueFor, type Queue } from "./queues.ts";

const stackName = freshName("e2e");
const secret = "whsec_of_the_test";
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
    await fillSecret(outputs["SecretArn"], { STRIPE_WEBHOOK_SECRET: secret });
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

  it("are told to the consumer by parameters where their names are too long for its environment", async () => {
    const FunctionName = await functionNamed(stackName, "Consumer");
    const { Environment } = await new LambdaClient().send(
      new GetFunctionConfigurationCommand({ FunctionName }),
    );
    expect(Environment?.Variables).not.toHaveProperty("SUREHOOK_RESOURCES");
    expect(Environment?.Variables).toHaveProperty("SUREHOOK_RESOURCE_PARAMETERS");
  });

  it("get what their routes say, and nothing else", async () => {
    expect((await post(eventOf("evt_charge", "charge.succeeded"))).status).toBe(202);
    expect(JSON.parse((await told.next()).Body ?? "")["detail-type"]).toBe("charge.succeeded");
    await until("the second object", async () => (await keys()).length === 2);
    expect(await account.count()).toBe(0);
  });

  it("leave nothing when they are destroyed, the bucket's objects included", async () => {
    const rule = { Rule: "listening", EventBusName: outputs["BusName"], Ids: ["queue"] };
    await client.send(new RemoveTargetsCommand(rule));
    await deployment?.destroy();
    deployment = undefined;
    expect(await leftOvers(stackName)).toEqual([]);
  });
});
