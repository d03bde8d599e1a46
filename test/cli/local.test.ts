/** `surehook start --local`: destinations of AWS on this machine, with nothing of AWS there. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { GatewayFolder, until } from "./gateway-folder.ts";

const config = `import { defineGateway, secret } from "surehook";
import { dynamodb, eventbridge, file, s3, sns, sqs } from "surehook/destinations";
import { hmac, stripe } from "surehook/providers";

export default defineGateway({
  sources: {
    stripe: stripe({ path: "/stripe", secrets: [secret("STRIPE_SECRET")] }),
    shop: hmac({ path: "/shop", header: "x-signature", secrets: [secret("SHOP_SECRET")] }),
  },
  destinations: {
    events: dynamodb({ table: "WebhookEvents", payloadBucket: "payloads" }),
    customers: dynamodb({ table: "customers", mapping: { id: "data.object.id", email: "data.object.email" } }),
    bus: eventbridge({ bus: "payments" }),
    queue: sqs({ queueUrl: "https://sqs.us-east-1.amazonaws.com/000000000000/orders" }),
    topic: sns({ topicArn: "arn:aws:sns:us-east-1:000000000000:payments" }),
    archive: s3({ bucket: "archive", key: "{type}.json" }),
    kept: file({ folder: "kept", key: "{type}.json" }),
  },
  routes: [{ to: ["events", "customers", "bus", "queue", "topic", "archive", "kept"] }],
});
`;

let folder: GatewayFolder;

beforeEach(() => {
  folder = new GatewayFolder();
  folder.write("surehook.config.ts", config);
});

afterEach(() => folder.remove());

function rows(path: string, table: string) {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    return database.prepare(`SELECT * FROM ${table}`).all();
  } finally {
    database.close();
  }
}

test("an event is a row, an object, a file and a line at each", async () => {
  await folder.start();
  await folder.ok("send", "stripe", "customer.created", "--url", folder.url);
  const local = join(folder.path, ".surehook", "local");
  const paths = [
    join(local, "eventbridge/payments.jsonl"),
    join(local, "sqs/orders.jsonl"),
    join(local, "sns/payments.jsonl"),
    join(local, "s3/archive/customer.created.json"),
    join(folder.path, "kept/customer.created.json"),
  ];
  await until("all files", () => paths.every((path) => existsSync(path)));
  const database = join(local, "dynamodb.db");
  await until("both rows", () =>
    ["WebhookEvents", "customers"].every((table) => rows(database, table).length === 1),
  );
  const body = readFileSync(join(folder.path, "kept/customer.created.json"), "utf8");
  const { id, created, data } = JSON.parse(body);
  expect(readFileSync(join(local, "s3/archive/customer.created.json"), "utf8")).toBe(body);
  expect(rows(database, "WebhookEvents")).toMatchObject([
    {
      eventId: id,
      timestamp: created,
      provider: "stripe",
      type: "customer.created",
      payload: body,
    },
  ]);
  expect(rows(database, "customers")).toMatchObject([
    { id: data.object.id, email: data.object.email },
  ]);
  expect(await folder.stop()).toBe(0);
});
