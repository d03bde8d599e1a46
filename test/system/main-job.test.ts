/**
 * The main job on real input, as a stranger runs it: `npm start`, then every payload of
 * `@octokit/webhooks-examples`, signed as GitHub does by its own library. Neither Stripe's nor
 * Shopify's package holds example events, so those are the providers' samples.
 */
import { spawn } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { sign } from "@octokit/webhooks-methods";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../../scripts/bootstrap.mjs";
import { loadConfig } from "../../src/app/load-config.ts";
import { loadSamples, signedSample, sourceNamed } from "../../src/app/sample.ts";
import { type GatewayProcess, listening, scratch } from "../support/gateway-process.ts";
import { allDeliveries, allEvents, beside, bytesOfEvent } from "../support/kept.ts";
import { openSink, type Sink, sha256 } from "../support/sink.ts";
import { until } from "../support/until.ts";

const folder = scratch("main-job");
const store = join(folder.path, "store.db");
const githubSecret = randomBytes(20).toString("hex");
const secrets: Readonly<Record<string, string>> = {
  STRIPE_WEBHOOK_SECRET: `whsec_${randomBytes(16).toString("hex")}`,
  GITHUB_WEBHOOK_SECRET: githubSecret,
  SHOPIFY_WEBHOOK_SECRET: randomBytes(20).toString("hex"),
  SIGNING_SECRET: randomBytes(20).toString("hex"),
  SUREHOOK_FORWARD_SECRET: `whsec_${randomBytes(32).toString("base64")}`,
};
let sink: Sink;
let gateway: GatewayProcess;

beforeAll(async () => {
  sink = await openSink({ secret: secrets["SUREHOOK_FORWARD_SECRET"], keepsBodies: false });
  // Nothing of what this test runs under but the path: `npm start` reads its own settings.
  const child = spawn("npm", ["start"], {
    cwd: root,
    env: {
      PATH: process.env["PATH"],
      HOME: process.env["HOME"],
      NO_COLOR: "1",
      SUREHOOK_STORE: store,
      PORT: "0",
      SUREHOOK_FORWARD_URL: sink.url,
      ...secrets,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  gateway = await listening(child, 90_000);
});

afterAll(async () => {
  // npm ends by the signal itself; what it ran must end too.
  await gateway?.stop();
  await until("an end of what npm ran", () =>
    fetch(`${gateway?.url ?? "none:"}/health/live`).then(
      () => false,
      () => true,
    ),
  );
  await sink?.close();
  folder.remove();
});

type Example = { readonly type: string; readonly body: string };

/** Every payload that the package publishes: of github.com and of each GitHub Enterprise Server. */
function examples(): Example[] {
  const manifest = fileURLToPath(import.meta.resolve("@octokit/webhooks-examples/package.json"));
  const files = readdirSync(dirname(manifest), { recursive: true }).map(String);
  return files
    .filter((file) => file.endsWith("index.json"))
    .flatMap((file) => {
      const text = readFileSync(join(dirname(manifest), file), "utf8");
      const hooks = JSON.parse(text) as { name: string; examples: unknown[] }[];
      return hooks.flatMap(({ name, examples: payloads }) =>
        payloads.map((payload) => ({ type: name, body: JSON.stringify(payload) })),
      );
    });
}

type Sent = { readonly jobId: string; readonly sha256: string; readonly id: string };

async function post(url: string, headers: Record<string, string>, body: string): Promise<Sent> {
  const answer = await fetch(url, { method: "POST", headers, body });
  expect(answer.status).toBe(200);
  const { received, eventId, jobId } = (await answer.json()) as {
    received: boolean;
    eventId: string;
    jobId: string;
  };
  expect(received).toBe(true);
  return { jobId, id: eventId, sha256: sha256(body) };
}

async function postExample({ type, body }: Example): Promise<Sent> {
  const id = randomUUID();
  const sent = await post(
    `${gateway.url}/webhooks/github`,
    {
      "content-type": "application/json",
      "user-agent": "GitHub-Hookshot/044aadd",
      "x-github-event": type,
      "x-github-delivery": id,
      "x-hub-signature-256": await sign(githubSecret, body),
    },
    body,
  );
  expect(sent.id).toBe(id);
  return sent;
}

/** Sends with eight requests under way. */
async function sendAll<T>(list: readonly T[], send: (one: T) => Promise<Sent>): Promise<Sent[]> {
  const sent: Sent[] = [];
  const rest = list.values();
  const work = async () => {
    for (const one of rest) sent.push(await send(one));
  };
  await Promise.all(Array.from({ length: 8 }, work));
  return sent;
}

/** Sent, stored and delivered are the same, one by one and byte for byte. */
async function expectThrough(sent: readonly Sent[], source: string): Promise<string> {
  const ids = new Set(sent.map(({ jobId }) => jobId));
  expect(ids.size).toBe(sent.length);
  const mine = () => sink.arrivals.filter(({ eventId }) => ids.has(eventId));
  await until(`${sent.length} deliveries`, () => mine().length >= sent.length, 60_000);
  const wanted = new Map(sent.map(({ jobId, sha256: digest }) => [jobId, digest]));
  return await beside(store, async (engine) => {
    const events = await allEvents(engine, { source });
    const stored = events.filter(({ id }) => ids.has(id));
    for (const event of stored) {
      expect(sha256(await bytesOfEvent(engine, event))).toBe(wanted.get(event.id));
    }
    const arrived = mine();
    for (const { eventId, sha256: digest } of arrived) expect(digest).toBe(wanted.get(eventId));
    await until("every delivery settled", async () =>
      (await allDeliveries(engine)).every(({ state }) => state === "delivered"),
    );
    expect(events).toHaveLength(sent.length);
    expect(stored).toHaveLength(sent.length);
    expect(arrived).toHaveLength(sent.length);
    expect(sink.faults).toEqual([]);
    return `${sent.length} sent, ${stored.length} stored, ${arrived.length} delivered`;
  });
}

describe("what npm start runs", () => {
  test("takes, keeps and delivers every payload of @octokit/webhooks-examples", async () => {
    const all = examples();
    expect(all.length).toBeGreaterThan(700);
    const sent = await sendAll(all, postExample);
    process.stdout.write(`main job, GitHub: ${await expectThrough(sent, "github")}\n`);
  });

  test.each(["stripe", "shopify"])("takes, keeps and delivers every sample of %s", async (name) => {
    const config = await loadConfig(join(root, "surehook.config.ts"), { config: undefined });
    const samples = await loadSamples(sourceNamed(config.gateway, name));
    expect(samples.types.length).toBeGreaterThan(3);
    const types = Array.from({ length: 10 }, () => samples.types).flat();
    const sent = await sendAll(types, (type) => {
      const { url, headers, body } = signedSample({
        gateway: config.gateway,
        source: name,
        type,
        samples,
        read: (ref) => ({ name: ref.name, value: secrets[ref.name] ?? "" }),
        baseUrl: gateway.url,
        now: Date.now(),
      });
      return post(url, headers, body.toString("utf8"));
    });
    process.stdout.write(`main job, ${name} (samples): ${await expectThrough(sent, name)}\n`);
  });
});
