/** Each option of handlers' configs by its own name, in `config/webhooks.json`, and what it does. */
import { createHmac } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { aliases } from "../../src/app/aliases.ts";
import { createGateway, type MountedGateway } from "../../src/app/create-gateway.ts";
import { scratch } from "../support/gateway-process.ts";
import { signStripe, stripeSecret } from "../support/stripe-events.ts";
import { until } from "../support/until.ts";

const shopSecret = "a-secret-of-the-shop";
const handled = Symbol.for("surehook.test.handled");

/** What the handler, which runs in this process, is told to do, and what it did. */
type Work = {
  readonly startedAt: number[];
  underWay: number;
  most: number;
  /** Each handling waits for it. */
  gate: Promise<void>;
  fails: boolean;
};

const handler = `
const work = globalThis[Symbol.for("surehook.test.handled")];
export async function handle() {
  work.startedAt.push(Date.now());
  work.underWay += 1;
  work.most = Math.max(work.most, work.underWay);
  await work.gate;
  work.underWay -= 1;
  if (work.fails) throw new Error("not today");
}
`;

let folder: ReturnType<typeof scratch>;
let work: Work;
let gateway: MountedGateway | undefined;

beforeEach(() => {
  folder = scratch("options");
  work = { startedAt: [], underWay: 0, most: 0, gate: Promise.resolve(), fails: false };
  Object.assign(globalThis, { [handled]: work });
  process.env["STRIPE_WEBHOOK_SECRET"] = stripeSecret;
  process.env["SHOP_WEBHOOK_SECRET"] = shopSecret;
});

afterEach(async () => {
  await gateway?.stop();
  gateway = undefined;
  folder.remove();
});

/** A gateway of a config that has these options at its top. */
async function open(options: object): Promise<MountedGateway> {
  const config = {
    ...options,
    sources: {
      stripe: source("stripe", "STRIPE_WEBHOOK_SECRET"),
      shop: {
        ...source("hmac", "SHOP_WEBHOOK_SECRET"),
        path: "/webhooks/shop",
        header: "x-signature",
      },
    },
    destinations: {
      work: { kind: "code", module: "../webhooks/processors/work.js", isolation: "none" },
    },
    routes: [{ to: "work" }],
  };
  const files = {
    "package.json": '{ "type": "module" }',
    "config/webhooks.json": JSON.stringify(config),
    "webhooks/processors/work.js": handler,
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder.path, path)), { recursive: true });
    writeFileSync(join(folder.path, path), text);
  }
  gateway = createGateway(join(folder.path, "config/webhooks.json"), {
    store: join(folder.path, "store.db"),
    logLevel: "silent",
  });
  await gateway.ready;
  return gateway;
}

function source(provider: string, name: string) {
  return { provider, path: `/webhooks/${provider}`, secrets: [{ secret: name }] };
}

type Posted = { readonly status: number; readonly code: string | undefined };

async function take(path: string, body: string, given: Readonly<Record<string, string>>) {
  const { remoteAddress = "203.0.113.9", ...headers } = given;
  const rawHeaders = Object.entries(headers).flat();
  const head = { method: "POST", url: path, rawHeaders, remoteAddress };
  const answer = await gateway?.take(head, Buffer.from(body));
  const { code } = JSON.parse(answer?.body ?? "{}") as { code?: string };
  return { status: answer?.status ?? 0, code } satisfies Posted;
}

/** Posts an event as Stripe does. */
function postStripe(id: string, { ageSeconds = 0, remoteAddress = "203.0.113.9" } = {}) {
  const body = JSON.stringify({ id, type: "payout.paid", data: {} });
  const at = Math.floor(Date.now() / 1000) - ageSeconds;
  const signature = signStripe(body, { at });
  return take("/webhooks/stripe", body, { "stripe-signature": signature, remoteAddress });
}

function postShop(id: string, algorithm: string) {
  const body = JSON.stringify({ id });
  const signature = createHmac(algorithm, shopSecret).update(body).digest("hex");
  return take("/webhooks/shop", body, { "x-signature": signature });
}

const tests: Readonly<Record<keyof typeof aliases, () => Promise<void>>> = {
  signatureAlgorithm: async () => {
    await open({ signatureAlgorithm: "HMAC-SHA512" });
    expect((await postShop("a", "sha512")).status).toBe(200);
    expect(await postShop("b", "sha256")).toEqual({ status: 401, code: "INVALID_FORMAT" });
    await gateway?.stop();
    await open({ signatureAlgorithm: "HMAC-SHA256" });
    expect((await postShop("c", "sha256")).status).toBe(200);
  },
  timestampTolerance: async () => {
    await open({ timestampTolerance: 60 });
    expect((await postStripe("a", { ageSeconds: 30 })).status).toBe(200);
    const stale = await postStripe("b", { ageSeconds: 90 });
    expect(stale).toEqual({ status: 401, code: "TIMESTAMP_TOO_OLD" });
  },
  ipAllowlist: async () => {
    await open({ ipAllowlist: ["203.0.113.0/24"] });
    expect((await postStripe("a")).status).toBe(200);
    const other = await postStripe("b", { remoteAddress: "198.51.100.7" });
    expect(other).toEqual({ status: 403, code: "IP_NOT_ALLOWED" });
  },
  rateLimits: async () => {
    await open({ rateLimits: { stripe: 2 } });
    const posted = [await postStripe("a"), await postStripe("b"), await postStripe("c")];
    expect(posted.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect((await postShop("d", "sha256")).status).toBe(200);
  },
  asyncProcessing: async () => {
    await open({ asyncProcessing: true });
    const { promise, resolve } = Promise.withResolvers<void>();
    work.gate = promise;
    expect((await postStripe("a")).status).toBe(200);
    await until("the handler", () => work.startedAt.length === 1);
    // It was answered, and the next one is, while the first is under way.
    expect((await postStripe("b")).status).toBe(200);
    expect(work.underWay).toBeGreaterThan(0);
    resolve();
    await until("both", () => work.startedAt.length === 2 && work.underWay === 0);
  },
  retryAttempts: async () => {
    await open({ retryAttempts: 2 });
    work.fails = true;
    await postStripe("a");
    await until("two attempts", () => work.startedAt.length === 2);
    const [first = 0, second = 0] = work.startedAt;
    expect(second - first).toBeGreaterThanOrEqual(1_990);
    await until("what died, which has no third", () => diedIn("archive").length === 1);
    expect(work.startedAt).toHaveLength(2);
  },
  deadLetterQueue: async () => {
    await open({ deadLetterQueue: "dead", retryAttempts: 1 });
    work.fails = true;
    await postStripe("a");
    const [file] = await until("what died", () => {
      const files = diedIn("config/dead");
      return files.length > 0 && files;
    });
    expect(file).toMatch(/^stripe\/\d{4}\/\d\d\/\d\d\/a\.json$/);
  },
  parallelProcessing: async () => {
    await open({ parallelProcessing: false });
    await mostOf(3);
    expect(work.most).toBe(1);
    await gateway?.stop();
    work.most = 0;
    await open({ parallelProcessing: 2 });
    await mostOf(4);
    expect(work.most).toBe(2);
  },
};

/** Files of what died, below a folder. */
function diedIn(name: string): readonly string[] {
  const archive = join(folder.path, name);
  if (!existsSync(archive)) return [];
  const entries = readdirSync(archive, { recursive: true, encoding: "utf8" });
  return entries.filter((path) => path.endsWith(".json"));
}

/** Has some events handled, the first of which waits until all are there. */
async function mostOf(count: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  work.gate = promise;
  work.startedAt.length = 0;
  for (let at = 0; at < count; at += 1) await postStripe(`${count}-${at}`);
  await until("the first", () => work.startedAt.length > 0);
  resolve();
  await until("all", () => work.startedAt.length === count && work.underWay === 0);
}

test.each(Object.keys(aliases))("%s works", async (name) => {
  expect(Object.keys(tests)).toContain(name);
  await tests[name]?.();
});
