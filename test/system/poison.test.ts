/** One event that breaks a `code` destination's process again and again, among others that are in it. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  type GatewayProcess,
  scratch,
  startGateway,
  writeConfig,
} from "../support/gateway-process.ts";
import { allDeliveries, beside } from "../support/kept.ts";
import { exchangeOnce } from "../support/raw-http.ts";
import { stripeEvent, stripeSecret } from "../support/stripe-events.ts";
import { until } from "../support/until.ts";

const concurrency = 20;

let folder: ReturnType<typeof scratch>;
let gateway: GatewayProcess | undefined;

beforeEach(() => {
  folder = scratch("poison");
});

afterEach(async () => {
  await gateway?.kill();
  gateway = undefined;
  folder.remove();
});

const store = () => join(folder.path, "store.db");

/**
 * At first all wait for each other, so that the poison takes every one of them with it. From then on the
 * others work for a moment, in which a poison beside them would reach them again.
 */
const handler = (poison: string) => `
import { existsSync, writeFileSync } from "node:fs";
const met = new URL("./met", import.meta.url);
const all = Promise.withResolvers();
let together = 0;
export async function handle(event) {
  const isPoison = event.payload.data.object.note === "poison";
  together += 1;
  if (!existsSync(met)) {
    if (together === ${concurrency}) all.resolve();
    await (isPoison ? all.promise : new Promise(() => {}));
    writeFileSync(met, "");
  }
  if (isPoison) { ${poison} }
  await new Promise((resolve) => setTimeout(resolve, 50));
}`;

async function start(poison: string, options: string): Promise<GatewayProcess> {
  writeFileSync(join(folder.path, "handler.mjs"), handler(poison));
  const config = writeConfig(
    folder.path,
    `{
  server: { host: "127.0.0.1" },
  sources: { stripe: stripe({ path: "/in", secrets: [secret("STRIPE_WEBHOOK_SECRET")] }) },
  destinations: {
    own: code("./handler.mjs", { retry: "short", concurrency: ${concurrency}, ${options} }),
  },
  routes: [{ to: "own" }],
}`,
  );
  const env = { STRIPE_WEBHOOK_SECRET: stripeSecret };
  gateway = await startGateway({ config, store: store(), env });
  return gateway;
}

async function post(to: GatewayProcess, note: string): Promise<string> {
  const { headers, body } = stripeEvent({ note });
  const answer = await exchangeOnce(to.port, { path: "/in", headers, body });
  expect(answer.status).toBe(200);
  return (JSON.parse(answer.body) as { jobId: string }).jobId;
}

test.each([
  ["exits", "process.exit(1);", "timeoutSeconds: 30"],
  ["loops without end", "for (;;);", "timeoutSeconds: 3"],
  [
    "takes memory without end",
    "const hog = []; for (;;) hog.push(new Array(1000).fill(0));",
    "timeoutSeconds: 30, memoryMb: 64",
  ],
])(
  "an event whose handler %s dies of it; no other one is charged an attempt",
  { timeout: 90_000 },
  async (_, poison, options) => {
    const running = await start(poison, options);
    await beside(store(), async (engine) => {
      // All at once, when they are resumed.
      await engine.pause({ destination: "own", cause: "person", reason: "not yet" });
      const notes = Array.from({ length: concurrency }, (_, n) => (n === 7 ? "poison" : "good"));
      const ids: string[] = [];
      for (const note of notes) ids.push(await post(running, note));
      await engine.resume("own");
      const final = await until(
        "all dead or delivered",
        async () => {
          const list = await allDeliveries(engine);
          return list.every(({ settledAt }) => settledAt !== undefined) && list;
        },
        80_000,
      );
      const ends = new Map<string, readonly string[]>();
      for (const { id, eventId, state } of final) {
        const attempts = await engine.attempts(id);
        ends.set(eventId, [
          state,
          ...attempts.map(({ number, outcome }) => `${number} ${outcome}`),
        ]);
      }
      const dead = ["dead", "1 failed", "2 failed", "3 failed"];
      expect(ids.map((id) => ends.get(id))).toEqual(
        notes.map((note) => (note === "poison" ? dead : ["delivered", "1 delivered"])),
      );
    });
  },
);
