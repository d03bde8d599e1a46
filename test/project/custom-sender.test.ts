/** docs/custom-sender.md: its config runs, and each of its commands is accepted by it. */
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { root } from "../../scripts/bootstrap.mjs";
import { type GatewayProcess, scratch, startGateway } from "../support/gateway-process.ts";
import { allEvents, beside } from "../support/kept.ts";

const page = readFileSync(join(root, "docs", "custom-sender.md"), "utf8");
const blocks = (language: string): readonly string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, "gms"))].map(
    ([, text = ""]) => text,
  );

const secrets = {
  ORDERS_SECRET: "orders-secret",
  LEDGER_SECRET: "ledger secret",
  PARCELS_KEY: "00ff10ab42",
  METERS_SECRET: "meters-secret",
};

const folder = scratch("custom-sender");
const store = join(folder.path, "store.db");
let gateway: GatewayProcess;

beforeAll(async () => {
  const config = join(folder.path, "surehook.config.ts");
  writeFileSync(config, blocks("ts")[0] ?? "");
  gateway = await startGateway({ config, store, env: secrets });
});

afterAll(async () => {
  await gateway.stop();
  folder.remove();
});

const expected = [
  { source: "orders", type: "order.created", assurance: "verified" },
  { source: "ledger", type: "entry.booked", assurance: "verified", providerEventId: "ntf_1" },
  { source: "parcels", type: "delivered", assurance: "authenticated", providerEventId: "n_1" },
  { source: "meters", type: "unknown", assurance: "verified" },
];

test("has an example for each of its senders", () => {
  expect(blocks("ts")).toHaveLength(1);
  expect(blocks("sh")).toHaveLength(expected.length);
});

test.each(expected.map((one, at) => [one.source, at, one] as const))(
  "%s: what the page signs is accepted",
  async (source, at, event) => {
    const script = (blocks("sh")[at] ?? "").replaceAll("http://localhost:4242", gateway.url);
    const env = { PATH: process.env["PATH"], ...secrets };
    const { stdout } = await promisify(execFile)("bash", ["-c", script], { env });
    expect(JSON.parse(stdout)).not.toHaveProperty("error");
    const found = await beside(store, (engine) => allEvents(engine, { source }));
    expect(found).toEqual([expect.objectContaining(event)]);
  },
);
