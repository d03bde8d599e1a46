/** What `check` and `start` show of destinations and routes: where each leads, and in which form. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GatewayFolder, until } from "./gateway-folder.ts";

const config = `import { defineGateway, secret } from "surehook";
import { code, dynamodb, eventbridge, file, http, s3, sns, sqs, websocket } from "surehook/destinations";
import { hmac } from "surehook/providers";

export default defineGateway({
  sources: { shop: hmac({ path: "/shop", header: "x-signature", secrets: [secret("SHOP_SECRET")] }) },
  destinations: {
    app: http({ url: "https://app.example.com/in?token=of-the-app" }),
    hidden: http({ url: secret("APP_URL") }),
    near: http({ url: "http://127.0.0.1:9/in" }),
    allowed: http({ url: "http://localhost:9/in", allowPrivate: true }),
    note: code(() => import("./note.ts")),
    live: websocket({ path: "/live", open: true }),
    kept: file({ folder: "kept" }),
    queue: sqs({ queueUrl: "https://sqs.us-east-1.amazonaws.com/000000000000/orders" }),
    topic: sns({ topicArn: "arn:aws:sns:us-east-1:000000000000:payments" }),
    objects: s3({ bucket: "archive" }),
    rows: dynamodb({ table: "events" }),
    bus: eventbridge({ bus: "payments" }),
  },
  routes: [
    { from: "shop", to: ["app", "hidden", "near", "allowed", "note"] },
    { to: ["live", "kept", "queue"], form: "cloudevents-structured" },
    { to: ["topic", "objects", "rows", "bus"], transform: () => import("./shape.ts") },
  ],
});
`;

const targets = {
  app: "https://app.example.com/in?…",
  hidden: "the secret APP_URL",
  near: "http://127.0.0.1:9/in",
  allowed: "http://localhost:9/in",
  note: "./note.ts",
  live: "ws://127.0.0.1:4242/live",
  kept: "kept",
  queue: "https://sqs.us-east-1.amazonaws.com/000000000000/orders",
  topic: "arn:aws:sns:us-east-1:000000000000:payments",
  objects: "archive",
  rows: "events",
  bus: "payments",
};

const env = { APP_URL: "https://hidden.example.com/in" };
let folder: GatewayFolder;

beforeAll(() => {
  folder = new GatewayFolder();
  folder.write("surehook.config.ts", config);
  folder.write("shape.ts", "export function transform() { return {}; }\n");
});

afterAll(() => folder.remove());

describe("check", () => {
  test("shows where each destination leads, and nothing that may be a credential", async () => {
    const { code, out } = await folder.run(["check", "--json"], { env });
    expect(code).toBe(0);
    const { destinations, routes } = JSON.parse(out);
    const shown = destinations.map(({ name, target }: Record<string, string>) => [name, target]);
    expect(Object.fromEntries(shown)).toEqual(targets);
    expect(routes.slice(1)).toEqual([
      { to: ["live", "kept", "queue"], form: "cloudevents-structured" },
      { to: ["topic", "objects", "rows", "bus"], transform: "./shape.ts" },
    ]);
    expect(out).not.toContain("of-the-app");
  });

  test("shows the form that each route gives, and notes an address that is refused", async () => {
    const { out, err } = await folder.run(["check"], { env });
    expect(out).toMatch(/^every source +all +live, kept, queue +cloudevents-structured$/m);
    expect(out).toMatch(/^every source +all +topic, .+ +transform \.\/shape\.ts$/m);
    expect(out).toMatch(/^live +websocket +ws:\/\/127\.0\.0\.1:4242\/live /m);
    expect(err).toMatch(/Note: destinations\.near\.url: .*private.*allowPrivate/);
    expect(err).not.toContain("destinations.allowed");
    expect(err).not.toContain("destinations.app");
  });

  test("shows the live address that the world is given", async () => {
    const text = config.replace("sources:", 'publicUrl: "https://hooks.example.com",\n  sources:');
    folder.write("public.config.ts", text);
    const { out } = await folder.run(["check", "-c", "public.config.ts"], { env });
    expect(out).toContain("wss://hooks.example.com/live");
  });
});

test("start shows the same, with its own address and the folder in place of AWS", async () => {
  let printed = "";
  await folder.run(["start", "--local", "--port", "0"], {
    env,
    meanwhile: async (child) => {
      child.stdout?.on("data", (chunk) => {
        printed += chunk;
      });
      await until("the banner", () => printed.includes("Or without it"));
      child.kill("SIGTERM");
    },
  });
  const port = /listens at http:\/\/127\.0\.0\.1:(\d+)\n/.exec(printed)?.[1];
  expect(printed).toContain(`ws://127.0.0.1:${port}/live`);
  expect(printed).toContain(`local   ${join(folder.path, ".surehook", "local")} (`);
  expect(printed).toMatch(/^every source +all +live, kept, queue +cloudevents-structured$/m);
  expect(printed).toContain("Note: destinations.near.url");
});
