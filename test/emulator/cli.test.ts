/** The command line over a deployed gateway: the stack's outputs lead to its table and queue, with the caller's credentials. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import {
  CloudFormationClient,
  CreateStackCommand,
  waitUntilStackCreateComplete,
} from "@aws-sdk/client-cloudformation";
import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { expect, it } from "vitest";
import { stripeEvent, stripeSecret } from "../support/stripe-events.ts";
import { freshName, onEmulator } from "./emulated.ts";
import {
  apiEvent,
  drain,
  keepEnvironment,
  openWorld,
  records,
  type World,
} from "./function-world.ts";

const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const config = fileURLToPath(new URL("./functions.config.ts", import.meta.url));

const dayMs = 86_400_000;
/** Another one than the default. */
const stackRetentionMs = 90 * dayMs;

/** As the functions are told. */
function placeOfSecrets(): { readonly id: string } {
  const [place] = JSON.parse(process.env["SUREHOOK_SECRETS"] ?? "[]");
  return place;
}

/** A stack whose outputs name what a world has. */
async function stackOf({ queue, bucket }: World, place = placeOfSecrets()): Promise<string> {
  const client = new CloudFormationClient({});
  const StackName = freshName("stack");
  const outputs = {
    SurehookTable: process.env["SUREHOOK_TABLE"],
    SurehookBucket: bucket,
    SurehookQueueUrl: queue.url,
    SurehookRetentionMs: String(stackRetentionMs),
    SurehookSecrets0: JSON.stringify(place),
  };
  const template = {
    Resources: { Any: { Type: "AWS::SQS::Queue" } },
    Outputs: Object.fromEntries(Object.entries(outputs).map(([name, Value]) => [name, { Value }])),
  };
  await client.send(new CreateStackCommand({ StackName, TemplateBody: JSON.stringify(template) }));
  await waitUntilStackCreateComplete({ client, maxWaitTime: 60, minDelay: 1 }, { StackName });
  return StackName;
}

async function surehook(
  stack: string,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
) {
  const child = spawn(process.execPath, ["--no-warnings", main, ...words], {
    env: {
      ...process.env,
      SUREHOOK_STORE: `aws:${stack}`,
      SUREHOOK_LOG_LEVEL: "info",
      STRIPE_SECRET: stripeSecret,
      LINES_TOKEN: "any",
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk) => {
    out += String(chunk);
  });
  child.stderr.on("data", (chunk) => {
    err += String(chunk);
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, out, err };
}

onEmulator("the command line over a deployed gateway", () => {
  keepEnvironment();

  it("shows events, replays one and releases what was refused; the consumer is told at once", async () => {
    const world = await openWorld();
    const stack = await stackOf(world);
    const good = stripeEvent();
    const forged = stripeEvent({ secret: "whsec_not_yet_known" });
    await world.receive(apiEvent("/stripe", good.body, good.headers));
    await world.receive(apiEvent("/stripe", forged.body, forged.headers));
    await world.heal();
    expect(world.sink.arrivals).toHaveLength(1);
    const [event] = (await world.engine.events({}, { limit: 1 })).items;

    const listed = await surehook(stack, ["events", "--json"]);
    expect(JSON.parse(listed.out).items).toMatchObject([
      { id: event?.id, providerEventId: good.id },
    ]);
    expect((await surehook(stack, ["events", "show", event?.id ?? ""])).out).toContain(good.id);
    expect((await surehook(stack, ["deliveries", "--json"])).out).toContain("delivered");

    const words = ["--config", config];
    const replayed = await surehook(stack, ["replay", event?.id ?? "", ...words]);
    expect([replayed.code, replayed.err]).toEqual([0, expect.any(String)]);
    await world.consume(records(await drain(world.queue.url)));
    expect(world.sink.arrivals).toHaveLength(2);

    const now = { STRIPE_SECRET: "whsec_not_yet_known" };
    const released = await surehook(stack, ["requests", "release", ...words], now);
    expect(released).toMatchObject({ code: 0 });
    await world.consume(records(await drain(world.queue.url)));
    const bodies = world.sink.arrivals.map(({ body }) => String(body));
    expect(bodies).toEqual([good.body, good.body, forged.body]);
    await world.close();
  });

  it("judges with the secrets that the functions have, once these are right, and with nobody's help", async () => {
    const world = await openWorld();
    const stack = await stackOf(world);
    const early = stripeEvent({ secret: "whsec_of_tomorrow" });
    await world.receive(apiEvent("/stripe", early.body, early.headers));
    const [refused] = (await world.engine.requests({ outcome: "rejected" }, { limit: 1 })).items;
    // Nothing of this machine's own.
    const alone = { STRIPE_SECRET: "", LINES_TOKEN: "" };
    const show = ["requests", "show", refused?.id ?? "", "--config", config];
    expect((await surehook(stack, show, alone)).out).toContain("not with STRIPE_SECRET");
    const release = ["requests", "release", "--config", config];
    expect(await surehook(stack, release, alone)).toMatchObject({ code: 1 });
    await new SecretsManagerClient().send(
      new PutSecretValueCommand({
        SecretId: placeOfSecrets().id,
        SecretString: JSON.stringify({ STRIPE_SECRET: "whsec_of_tomorrow" }),
      }),
    );
    expect(await surehook(stack, release, alone)).toMatchObject({ code: 0 });
    await world.heal();
    expect(world.sink.arrivals.map(({ body }) => String(body))).toEqual([early.body]);
    await world.close();
  });

  it("says so where these can't be read, and judges with the environment's", async () => {
    const world = await openWorld();
    const stack = await stackOf(world, { id: "not-there" });
    const { body, headers } = stripeEvent({ secret: "whsec_of_tomorrow" });
    await world.receive(apiEvent("/stripe", body, headers));
    const release = ["requests", "release", "--config", config];
    const wrong = await surehook(stack, release);
    expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining("can't be read") });
    const right = await surehook(stack, release, { STRIPE_SECRET: "whsec_of_tomorrow" });
    expect(right).toMatchObject({ code: 0 });
    await world.close();
  });

  it("pauses a destination and resumes it; what waited goes out", async () => {
    const world = await openWorld();
    const stack = await stackOf(world);
    expect((await surehook(stack, ["pause", "near", "--config", config])).code).toBe(0);
    const { body, headers } = stripeEvent();
    await world.receive(apiEvent("/stripe", body, headers));
    await world.heal();
    expect(world.sink.arrivals).toEqual([]);
    expect((await surehook(stack, ["resume", "near", "--config", config])).code).toBe(0);
    await world.consume(records(await drain(world.queue.url)));
    expect(world.sink.arrivals).toHaveLength(1);
    await world.close();
  });

  it("keeps what it cancels as long as the gateway keeps things", async () => {
    const world = await openWorld();
    const stack = await stackOf(world);
    const { body, headers } = stripeEvent();
    await world.receive(apiEvent("/stripe", body, headers));
    const [delivery] = (await world.engine.deliveries({}, { limit: 1 })).items;
    const words = ["deliveries", "cancel", delivery?.id ?? "", "--config", config];
    expect((await surehook(stack, words)).code).toBe(0);
    const table = { TableName: process.env["SUREHOOK_TABLE"] };
    const { Items = [] } = await new DynamoDBClient({}).send(new ScanCommand(table));
    const kept = Items.find(({ id }) => id?.S === delivery?.eventId);
    const lastsMs = Number(kept?.["ttl"]?.N) * 1000 - Date.now();
    expect(Math.round(lastsMs / dayMs)).toBe(90);
    await world.close();
  });

  it("says what is wrong where there is no such stack, and doesn't start a gateway of one", async () => {
    const gone = await surehook("not-there", ["events"]);
    expect([gone.code, gone.err]).toEqual([1, expect.stringContaining("The stack not-there")]);
    const started = await surehook("not-there", ["start", "--config", config]);
    expect(started.code).not.toBe(0);
    expect(started.err).toContain("runs on AWS");
  });
});
