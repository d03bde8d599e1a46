/**
 * The functions of config/webhooks.json in this process, on a store of its own, with one secret for all senders.
 * What the queue, the topic and the table would get is in files.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { consumer, onThisMachine, receiver, type FrontEvent } from "surehook/lambda";
import { gateway } from "../../webhooks/middleware/gateway.ts";

export const secret = "a-secret-of-the-tests";

export type Webhooks = Awaited<ReturnType<typeof openWebhooks>>;

export type Given = {
  readonly path: string;
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
};

/** A request as an HTTP API (payload 2.0) or a function URL hands it over. */
export function httpEvent({ path, body, headers }: Given): FrontEvent {
  return {
    version: "2.0",
    rawPath: path,
    rawQueryString: "",
    headers: { "content-type": "application/json", ...headers },
    body: Buffer.from(body).toString("base64"),
    isBase64Encoded: true,
    requestContext: { stage: "$default", http: { method: "POST", sourceIp: "203.0.113.9" } },
  };
}

/** A request as a REST API (payload 1.0) hands it over. */
export function restEvent({ path, body, headers }: Given): FrontEvent {
  return {
    httpMethod: "POST",
    path,
    headers: { "content-type": "application/json", ...headers },
    multiValueHeaders: null,
    multiValueQueryStringParameters: null,
    body: Buffer.from(body).toString("utf8"),
    isBase64Encoded: false,
    requestContext: { identity: { sourceIp: "203.0.113.9" } },
  };
}

/** What brings to the consumer what the receivers have announced. */
const delivering: (() => Promise<void>)[] = [];

/** Opens them. */
export async function openWebhooks() {
  const folder = mkdtempSync(join(tmpdir(), "webhooks-"));
  process.env["WEBHOOKS_DATABASE"] ??= join(folder, "application.db");
  process.env["SUREHOOK_LOG_LEVEL"] ??= "error";
  for (const name of namesOfSecrets()) process.env[name] = secret;
  process.env["SQS_QUEUE_URL"] = "https://sqs.us-east-1.amazonaws.com/000000000000/work";
  process.env["SNS_TOPIC_ARN"] = "arn:aws:sns:us-east-1:000000000000:notices";
  const { on, told, close } = onThisMachine(join(folder, "webhooks.db"), { isLocal: true });
  const receive = receiver(gateway, on);
  const consume = consumer(gateway, on);
  const deliver = async () => {
    const Records = told.bus
      .splice(0)
      .map((told, at) => ({ messageId: String(at), body: JSON.stringify(told) }));
    await consume({ Records }, { getRemainingTimeInMillis: () => 60_000 });
  };
  delivering.push(deliver);
  return {
    post: async (
      path: string,
      body: Uint8Array,
      headers: Readonly<Record<string, string>>,
      eventOf = httpEvent,
    ): Promise<Response> => {
      const answer = await receive(eventOf({ path, body, headers }));
      return new Response(answer.body, { status: answer.statusCode, headers: answer.headers });
    },
    /** What a queue or a topic of that name got. */
    lines: (kind: "sqs" | "sns", name: string) => {
      const path = join(folder, "local", kind, name + ".jsonl");
      const text = existsSync(path) ? readFileSync(path, "utf8").trim() : "";
      return text === "" ? [] : text.split("\n").map((line) => JSON.parse(line));
    },
    close: async () => {
      delivering.splice(delivering.indexOf(deliver), 1);
      await close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function namesOfSecrets(): readonly string[] {
  const names: string[] = [];
  JSON.parse(readFileSync("config/webhooks.json", "utf8"), (key, value) => {
    if (key === "secret" && typeof value === "string") names.push(value);
    return value;
  });
  return names;
}

/** Lets the consumer work until something is so. */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 30_000;
  for (;;) {
    await Promise.all(delivering.map((deliver) => deliver()));
    if (await isSo()) return;
    if (Date.now() > end) throw new Error("waited in vain: " + what);
    await pause(20);
  }
}
