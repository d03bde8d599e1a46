/** docs/websocket.md as it stands: its config is run, and its client follows along over a restart. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../scripts/bootstrap.mjs";
import { freePort, scratch, startGateway } from "../support/gateway-process.ts";
import { exchangeOnce } from "../support/raw-http.ts";
import { stripeEvent, stripeSecret } from "../support/stripe-events.ts";
import { until } from "../support/until.ts";

const page = readFileSync(join(root, "docs", "websocket.md"), "utf8");
const block = (language: string): string => {
  const found = new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, "s").exec(page)?.[1];
  if (found === undefined) throw new Error(`The page has no ${language} block.`);
  return found;
};

test("the page's config and client work as they stand", async () => {
  const folder = scratch("live-docs");
  const config = join(folder.path, "surehook.config.ts");
  writeFileSync(config, block("ts"));
  const client = join(folder.path, "client.mjs");
  const port = await freePort();
  writeFileSync(
    client,
    block("js")
      .replace("localhost:4242", `127.0.0.1:${port}`)
      .replace(/the value of /, ""),
  );
  const env = { STRIPE_WEBHOOK_SECRET: stripeSecret, LIVE_TOKEN: "LIVE_TOKEN" };
  const start = () => startGateway({ config, port, store: join(folder.path, "store.db"), env });
  const post = async () => {
    const { id, headers, body } = stripeEvent();
    const { status } = await exchangeOnce(port, { path: "/webhooks/stripe", headers, body });
    expect(status).toBe(200);
    return `payment_intent.succeeded ${id}`;
  };
  const follower = spawn(process.execPath, [client], { stdio: ["ignore", "pipe", "inherit"] });
  const written = { out: "" };
  follower.stdout.on("data", (chunk) => {
    written.out += String(chunk);
  });
  const lines = () => written.out.trim().split("\n");
  // Posted until the client is there: what came before it, it doesn't get.
  const first = await start();
  const before: string[] = [];
  await until("a client that follows", async () => {
    before.push(await post());
    return written.out !== "";
  });
  const seen = lines()[0] ?? "";
  before.push(await post());
  await until("all of them", () => lines().at(-1) === before.at(-1));
  await first.stop();
  const second = await start();
  const after = [await post(), await post()];
  await until("those of after the restart", () => lines().at(-1) === after.at(-1));
  expect(lines()).toEqual([...before.slice(before.indexOf(seen)), ...after]);
  const ended = once(follower, "exit");
  follower.kill();
  await ended;
  await second.stop();
  folder.remove();
});
