/** The functions with all that they stand on, on the emulator: each in this process, or in one of its own that dies. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { CreateEventBusCommand, EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, vi } from "vitest";
import type { ApiAnswer, ApiEvent, QueueAnswer, QueueEvent } from "../../src/app/lambda/events.ts";
import * as functions from "../../src/app/lambda/index.ts";
import type { PushedEngine } from "../../src/core/pushed-engine.ts";
import { openAws } from "../../src/engines/aws/index.ts";
import { newPlace } from "../support/aws-store.ts";
import { openSink, type Sink, type SinkAnswer } from "../support/sink.ts";
import { stripeEvent, stripeSecret } from "../support/stripe-events.ts";
import { freshName } from "./emulated.ts";
import { gatewayTo } from "./functions.config.ts";
import { newQueue, type Queue } from "./queues.ts";

const runner = fileURLToPath(new URL("../support/run-function.ts", import.meta.url));
const config = fileURLToPath(new URL("./functions.config.ts", import.meta.url));
const minutes = 60_000;
export const linesToken = "a token of the batches";

/** Where a process dies: at its n-th request to AWS, before it leaves or when its answer is there. */
export type Crash = { readonly when: "before" | "after"; readonly at: number };

/** How a function's process ended. */
export type Ended =
  | { readonly kind: "killed" }
  | { readonly kind: "answered"; readonly answer: unknown; readonly requests: number };

/** One deployment, as tests see it. */
export type World = {
  readonly engine: PushedEngine;
  readonly queue: Queue;
  readonly dead: Queue;
  readonly sink: Sink;
  readonly bucket: string;
  /** Runs a function in a process of its own. */
  readonly run: (role: string, event: unknown, crash?: Crash) => Promise<Ended>;
  /** The functions in this process. */
  readonly receive: (event: ApiEvent) => Promise<ApiAnswer>;
  readonly consume: (event: QueueEvent) => Promise<QueueAnswer>;
  readonly archive: (event: QueueEvent) => Promise<QueueAnswer>;
  /** Hour by hour the sweep finds what is left, until nothing waits. */
  readonly heal: () => Promise<void>;
  /** Hour by hour it is tried, until the consumer says that it died. */
  readonly died: () => Promise<QueueEvent>;
  readonly close: () => Promise<void>;
};

/** A variable of the environment is as it was after each test. */
export function keepEnvironment(): void {
  let before: NodeJS.ProcessEnv;
  beforeEach(() => {
    before = { ...process.env };
  });
  afterEach(() => {
    vi.useRealTimers();
    for (const name of Object.keys(process.env)) {
      if (!(name in before)) delete process.env[name];
    }
  });
}

/** Opens a deployment. `answer` is the sink's. */
export async function openWorld(
  answer?: (count: number) => SinkAnswer,
  variables: Readonly<Record<string, string>> = {},
): Promise<World> {
  // The date alone, so that a test can pass hours.
  vi.useFakeTimers({ toFake: ["Date"] });
  let count = 0;
  const sink = await openSink({
    answer: () => {
      count += 1;
      return answer?.(count) ?? { status: 200 };
    },
  });
  const [place, queue, dead, bus, secret] = await Promise.all([
    newPlace(),
    newQueue(),
    newQueue(),
    newBus(),
    newSecret({ STRIPE_SECRET: stripeSecret, LINES_TOKEN: linesToken }),
  ]);
  Object.assign(process.env, {
    SUREHOOK_TABLE: place.table,
    SUREHOOK_BUCKET: place.bucket,
    SUREHOOK_BUS: bus,
    SUREHOOK_QUEUE_URL: queue.url,
    SUREHOOK_DEAD_QUEUE_URL: dead.url,
    SUREHOOK_SECRETS: JSON.stringify([{ id: secret }]),
    SUREHOOK_LOG_LEVEL: "silent",
    SINK_URL: sink.url,
    ...variables,
  });
  const gateway = gatewayTo(sink.url);
  const engine = await openAws({ ...place, clock: Date.now, retentionMs: 30 * 86_400_000 });
  const invocation = { getRemainingTimeInMillis: () => 10_000 };
  const consume = functions.consumer(gateway);
  const sweep = functions.sweeper(gateway);
  const archive = functions.archiver(gateway);
  const sweepLater = async (): Promise<boolean> => {
    vi.setSystemTime(Date.now() + 60 * minutes);
    const { woken } = await sweep({}, invocation);
    const texts = await drain(queue.url);
    await consume(records(texts), invocation);
    return woken > 0 || texts.length > 0;
  };
  return {
    engine,
    queue,
    dead,
    sink,
    bucket: place.bucket,
    run,
    receive: functions.receiver(gateway),
    consume: (event) => consume(event, invocation),
    archive,
    heal: async () => {
      for (let turn = 1; turn < 20; turn += 1) {
        const isOver = !(await sweepLater());
        const died = await drain(dead.url);
        await archive(records(died));
        if (isOver && died.length === 0) return;
      }
      throw new Error("what is owed has no end");
    },
    died: async () => {
      for (let turn = 1; turn < 20; turn += 1) {
        await sweepLater();
        const [text] = await drain(dead.url);
        if (text !== undefined) return records([text]);
      }
      throw new Error("it does not die");
    },
    close: async () => {
      vi.useRealTimers();
      await Promise.all([engine.close(), sink.close()]);
    },
  };
}

async function newBus(): Promise<string> {
  const client = new EventBridgeClient({});
  const Name = freshName("bus");
  await client.send(new CreateEventBusCommand({ Name }));
  return Name;
}

async function newSecret(fields: Readonly<Record<string, string>>): Promise<string> {
  const client = new SecretsManagerClient({});
  const SecretString = JSON.stringify(fields);
  const made = await client.send(
    new CreateSecretCommand({ Name: freshName("secret"), SecretString }),
  );
  return made.ARN ?? "";
}

async function run(role: string, event: unknown, crash?: Crash): Promise<Ended> {
  const words = crash === undefined ? [] : [crash.when, String(crash.at)];
  const child = spawn(process.execPath, ["--no-warnings", runner, role, config, ...words], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  let out = "";
  child.stdout.on("data", (chunk) => {
    out += String(chunk);
  });
  child.stdin.end(JSON.stringify(event));
  const [, signal] = (await once(child, "close")) as [number | null, string | null];
  if (signal === "SIGKILL") return { kind: "killed" };
  return {
    kind: "answered",
    ...(JSON.parse(out.trim().split("\n").at(-1) ?? "") as object),
  } as Ended;
}

/** What lies in a queue now; it is taken. */
export async function drain(QueueUrl: string): Promise<readonly string[]> {
  const client = new SQSClient({ useQueueUrlAsEndpoint: false });
  const texts: string[] = [];
  for (;;) {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
    );
    if (Messages.length === 0) return texts;
    for (const { Body = "", ReceiptHandle } of Messages) {
      texts.push(Body);
      await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
  }
}

/** Texts as the queue hands them to a function. */
export function records(texts: readonly string[]): QueueEvent {
  return { Records: texts.map((body, at) => ({ messageId: String(at), body })) };
}

/** What the queue brings of an event that is kept. */
export async function wakeOf(engine: PushedEngine): Promise<QueueEvent> {
  const late = Date.now() + 60 * minutes;
  const refs = await engine.owed({ limit: 100, before: late, lookAgainAt: late });
  return records(
    refs.map(({ key, deliveryId }) => JSON.stringify({ key, deliveries: [deliveryId] })),
  );
}

/** A request of Stripe's, as API Gateway hands it over. */
export function stripeRequest(given: Parameters<typeof stripeEvent>[0] = {}) {
  const { id, body, headers } = stripeEvent(given);
  return { id, event: apiEvent("/stripe", body, headers) };
}

/** A request of two events. */
export function linesRequest() {
  const ids = [freshName("a"), freshName("b")];
  const body = ids.map((id) => JSON.stringify({ id, type: "line.added" })).join("\n");
  return { ids, event: apiEvent("/lines/acme", body, { "X-Test-Token": linesToken }) };
}

/** A request as API Gateway hands it over: the body as base64. */
export function apiEvent(
  path: string,
  body: string | Buffer,
  headers: Readonly<Record<string, string>>,
): ApiEvent {
  return {
    httpMethod: "POST",
    path,
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([n, v]) => [n, [v]])),
    multiValueQueryStringParameters: null,
    body: Buffer.from(body).toString("base64"),
    isBase64Encoded: true,
    requestContext: { identity: { sourceIp: "203.0.113.9" } },
  };
}
