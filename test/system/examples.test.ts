/** The examples that are deployed to AWS, on one machine: `surehook start --local`, and nothing of a cloud. */
import { type ChildProcess, spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { majorUnits } from "../../examples/handlers-on-lambda/webhooks/middleware/major-units.ts";
import { root } from "../../scripts/bootstrap.mjs";
import { square } from "../../src/providers/index.ts";
import { type FakeSalesforce, openSalesforce } from "../support/fake-salesforce.ts";
import {
  handlerPosts,
  handlerSecrets,
  noticeSubject,
  noticesOfHandlers,
  queuedOfHandlers,
  seenByHandlers,
} from "../support/handler-posts.ts";
import { joinLive } from "../support/live-peer.ts";
import { signedByStripe, stripePost } from "../support/stripe-posts.ts";
import { until, within } from "../support/until.ts";

let folder = "";
let gateway: ChildProcess | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "surehook-example-"));
});

afterEach(() => {
  gateway?.kill("SIGKILL");
  gateway = undefined;
  rmSync(folder, { recursive: true, force: true });
});

/** Starts an example's own config; its address. */
async function start(
  example: string,
  env: Readonly<Record<string, string>>,
  file = "surehook.config.ts",
): Promise<string> {
  const config = join(root, "examples", example, file);
  const main = join(root, "src", "cli", "main.ts");
  const child = spawn(
    process.execPath,
    [main, "start", "--local", "--port", "0", "--config", config],
    {
      cwd: folder,
      env: { PATH: process.env["PATH"], HOME: folder, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  gateway = child;
  let said = "";
  const listens = new Promise<string>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      said += chunk;
      const url = /http:\/\/[\d.]+:\d+/.exec(said)?.[0];
      if (url !== undefined) resolve(url);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.once("exit", (code) => reject(new Error(`start ended with ${code}:\n${said}`)));
  });
  const url = await within("the gateway to listen", listens, 30_000);
  await until("the gateway to be ready", async () => (await fetch(`${url}/health/ready`)).ok);
  return url;
}

function rows(table: string): Record<string, unknown>[] {
  const path = join(folder, ".surehook", "local", "dynamodb.db");
  if (!existsSync(path)) return [];
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    return database.prepare(`SELECT * FROM "${table}"`).all();
  } finally {
    database.close();
  }
}

const payment = { id: "pi_1", object: "payment_intent", amount: 4200 };

describe("payments-archive", () => {
  const secrets = {
    STRIPE_WEBHOOK_SECRET: "whsec_stripe",
    SQUARE_SIGNATURE_KEY: "a-key-of-square",
    PUBLIC_URL: "https://hooks.example.com",
  };

  it("writes verified webhooks to the table, once", async () => {
    const url = await start("payments-archive", secrets);
    const type = "payment_intent.succeeded";
    const signed = stripePost("whsec_stripe", { id: "evt_1", type, object: payment });
    for (const status of [200, 200]) {
      expect((await fetch(`${url}/stripe`, { method: "POST", ...signed })).status).toBe(status);
    }
    const body = Buffer.from('{"event_id":"sq_1","type":"payment.created","data":{}}');
    const { headers } = square.sign({
      body,
      secret: secrets.SQUARE_SIGNATURE_KEY,
      now: Date.now(),
      options: {},
      id: "sq_1",
      type: "payment.created",
      url: `${secrets.PUBLIC_URL}/square`,
    });
    expect((await fetch(`${url}/square`, { method: "POST", headers, body })).status).toBe(200);
    await until("both rows", () => rows("WebhookEvents").length === 2);
    expect(rows("WebhookEvents")).toMatchObject([
      {
        eventId: "evt_1",
        timestamp: 1_790_000_000,
        provider: "stripe",
        type,
        payload: signed.body,
      },
      { eventId: "sq_1", provider: "square" },
    ]);
  });

  it.each([
    ["invalid", { authorization: "invalid", "stripe-signature": "t=1,v1=00" }],
    ["missing, as every signature is", {}],
  ])("denies with 403 where Authorization is %s", async (_, headers) => {
    const url = await start("payments-archive", secrets);
    const answer = await fetch(`${url}/stripe`, { method: "POST", headers, body: "{}" });
    expect([answer.status, await answer.json()]).toEqual([
      403,
      expect.objectContaining({ code: "AUTHORIZATION_DENIED" }),
    ]);
  });
});

describe("stripe-customers", () => {
  it("keeps a new customer, and nobody who is only changed", async () => {
    const url = await start("stripe-customers", { STRIPE_WEBHOOK_SECRET: "whsec_stripe" });
    for (const [id, type] of [
      ["evt_changed", "customer.updated"],
      ["evt_new", "customer.created"],
    ] as const) {
      const object = { id: `cus_of_${id}`, name: "Ada", email: "ada@example.com", created: 1 };
      const signed = stripePost("whsec_stripe", { id, type, object });
      expect((await fetch(`${url}/webhook`, { method: "POST", ...signed })).status).toBe(200);
    }
    await until("the new customer", () => rows("Customers").length > 0);
    expect(rows("Customers")).toEqual([
      { id: "cus_of_evt_new", name: "Ada", email: "ada@example.com", created: 1 },
    ]);
  });
});

describe("handlers-on-lambda", () => {
  function lines(service: string): Record<string, never>[] {
    const path = join(folder, ".surehook", "local", service, "webhooks.jsonl");
    if (!existsSync(path)) return [];
    const text = readFileSync(path, "utf8").split("\n").slice(0, -1);
    return text.map((line) => JSON.parse(line));
  }

  const startHandlers = () => {
    const env = {
      ...handlerSecrets,
      SQS_QUEUE_URL: "https://sqs.us-east-1.amazonaws.com/000000000000/webhooks",
      SNS_TOPIC_ARN: "arn:aws:sns:us-east-1:000000000000:webhooks",
    };
    return start("handlers-on-lambda", env, "config/webhooks.json");
  };

  it("does with each sender's webhook what it shall, once", async () => {
    const url = await startHandlers();
    for (const { provider, ...post } of [...handlerPosts, ...handlerPosts]) {
      const answer = await fetch(`${url}/webhooks/${provider}`, { method: "POST", ...post });
      expect([provider, answer.status]).toEqual([provider, 200]);
    }
    await until("all that comes of it", () => {
      const isQueued = lines("sqs").length >= queuedOfHandlers.length;
      const isTold = lines("sns").length >= noticesOfHandlers.length;
      return isQueued && isTold && rows("webhook-events").length >= seenByHandlers.length;
    });
    const queued = lines("sqs").map(({ MessageAttributes, MessageBody }) => {
      const { Type }: Record<string, { StringValue: string }> = MessageAttributes ?? {};
      return [Type?.StringValue, JSON.parse(MessageBody ?? "")];
    });
    expect(queued).toHaveLength(queuedOfHandlers.length);
    expect(queued).toEqual(expect.arrayContaining([...queuedOfHandlers]));
    expect(lines("sns").map(({ Subject }) => Subject)).toEqual([noticeSubject, noticeSubject]);
    expect(lines("sns").map(({ Message }) => JSON.parse(Message ?? ""))).toEqual(
      expect.arrayContaining([...noticesOfHandlers]),
    );
    const seen = rows("webhook-events").map(({ event_id }) => event_id);
    expect(seen.sort()).toEqual([...seenByHandlers].sort());
  });

  it.each([
    ["usd", 42.5],
    ["JPY", 4250],
    ["kwd", 4.25],
    ["ugx", 42.5],
  ])("writes 4250 of %s as %f", (currency, amount) => {
    expect(majorUnits(4250, currency)).toBe(amount);
  });

  it("refuses what is not signed, and knows no others", async () => {
    const url = await startHandlers();
    const status = async (provider: string) =>
      (await fetch(`${url}/webhooks/${provider}`, { method: "POST", body: "{}" })).status;
    expect([await status("stripe"), await status("sendgrid"), await status("nobody")]).toEqual([
      401, 401, 404,
    ]);
  });
});

describe("live-payments", () => {
  it("shows each client the bare payload, and the same one again", async () => {
    const secret = "of-the-shop";
    const url = await start("live-payments", { SIGNING_SECRET: secret });
    const client = await joinLive(`${url.replace("http", "ws")}/live`);
    const body = '{"test":"ok"}';
    const signature = createHmac("sha256", secret).update(body).digest("hex");
    const headers = { "X-Event-Type": "test.payment.succeeded", "X-Signature": signature };
    for (const count of [1, 2]) {
      const answer = await fetch(`${url}/webhook`, { method: "POST", headers, body });
      expect(answer.status).toBe(200);
      await client.have(count);
    }
    expect(client.texts()).toEqual([body, body]);
    await client.leave();
  });
});

describe("stripe-to-salesforce", () => {
  let salesforce: FakeSalesforce | undefined;
  afterEach(() => salesforce?.close());

  it("posts what Stripe tells, its sample payloads too, by either secret, with a token that it takes itself", async () => {
    salesforce = await openSalesforce({ clientId: "key", clientSecret: "secret" });
    const { records, logins } = salesforce;
    const url = await start("stripe-to-salesforce", {
      STRIPE_ENDPOINT_SECRET: "whsec_endpoint",
      CLI_ENDPOINT_SECRET: "whsec_cli",
      SFDC_ENDPOINT: salesforce.apexUrl,
      SFDC_LOGIN_URL: salesforce.url,
      SFDC_CLIENT_ID: "key",
      SFDC_CLIENT_SECRET: "secret",
      SFDC_IS_PRIVATE: "true",
    });
    for (const secret of ["whsec_endpoint", "whsec_cli"]) {
      const id = `evt_of_${secret}`;
      const signed = stripePost(secret, { id, type: "payment_intent.succeeded", object: payment });
      expect((await fetch(`${url}/webhook`, { method: "POST", ...signed })).status).toBe(200);
      const record = await until(`the record of ${id}`, () =>
        records.find(({ body }) => body.includes(`"${id}"`)),
      );
      expect(record.body.toString()).toBe(signed.body);
    }
    for (const name of ["payment_intent.succeeded", "customer.created"]) {
      const file = join(root, "examples", "stripe-to-salesforce", "docs", `${name}.json`);
      const signed = signedByStripe("whsec_endpoint", readFileSync(file, "utf8"));
      expect((await fetch(`${url}/webhook`, { method: "POST", ...signed })).status).toBe(200);
      const isIt = ({ body }: { readonly body: Buffer }) => body.toString() === signed.body;
      await until(`the record of ${name}`, () => records.find(isIt));
    }
    expect(logins).toHaveLength(1);
  });
});

it("each example has a page that says how it is deployed, and what differs", () => {
  for (const example of [
    "payments-archive",
    "stripe-customers",
    "live-payments",
    "stripe-to-salesforce",
    "handlers-on-lambda",
  ]) {
    const text = readFileSync(join(root, "examples", example, "README.md"), "utf8");
    expect(text).toContain("## Deploy");
    expect(text).toContain("## What differs from the system that it replaces");
  }
});
