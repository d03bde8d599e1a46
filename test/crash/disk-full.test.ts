/**
 * A full disk gives 503, never a 200 that isn't kept, and heals by itself when there is room. Twice:
 * on a small file system of its own (ENOSPC), where mounting is allowed; and by the limit of a
 * process on the size of its files (EFBIG), which works everywhere on Linux.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import {
  type GatewayProcess,
  scratch,
  startGateway,
  writeConfig,
} from "../support/gateway-process.ts";
import { allEvents, beside, bytesOfEvent } from "../support/kept.ts";
import { exchangeOnce, type RawAnswer } from "../support/raw-http.ts";
import { forwardSecret, openSink, sha256 } from "../support/sink.ts";
import { stripeEvent, stripeSecret } from "../support/stripe-events.ts";
import { until } from "../support/until.ts";

const mebibyte = 1_048_576;
const folder = scratch("disk-full");
const mounted = join(folder.path, "small");
const isMounted = mountSmall();
let gateway: GatewayProcess | undefined;

afterEach(async () => {
  await gateway?.kill();
  gateway = undefined;
});

afterAll(() => {
  if (isMounted) spawnSync("umount", [mounted]);
  folder.remove();
});

function mountSmall(): boolean {
  mkdirSync(mounted);
  const made = spawnSync("mount", ["-t", "tmpfs", "-o", "size=16m", "tmpfs", mounted]);
  return made.status === 0;
}

async function start(store: string, sinkUrl: string): Promise<GatewayProcess> {
  const config = writeConfig(
    folder.path,
    `{
  server: { host: "127.0.0.1" },
  sources: { stripe: stripe({ path: "/in", secrets: [secret("STRIPE_WEBHOOK_SECRET")] }) },
  destinations: {
    sink: http({ url: ${JSON.stringify(sinkUrl)}, secrets: [secret("FORWARD_SECRET")], allowPrivate: true }),
  },
  routes: [{ to: "sink" }],
}`,
  );
  const env = { STRIPE_WEBHOOK_SECRET: stripeSecret, FORWARD_SECRET: forwardSecret };
  return await startGateway({ config, store, env });
}

type Account = Map<string, string>;

/** Posts one event of 64 KiB; what was answered 200 goes into the account. */
async function post(port: number, account: Account): Promise<RawAnswer> {
  const { id, headers, body } = stripeEvent({ bytes: 65_536 });
  const answer = await exchangeOnce(port, { path: "/in", headers, body });
  if (answer.status === 200) account.set(id, sha256(body));
  return answer;
}

/** Posts until a 503 comes; fails on anything else than 200 and 503. */
async function postUntilFull(port: number, account: Account): Promise<RawAnswer> {
  for (let posts = 0; posts < 2_000; posts += 1) {
    const answer = await post(port, account);
    if (answer.status !== 200) return answer;
  }
  throw new Error("The disk was never full.");
}

async function isReady(port: number): Promise<number> {
  return (await exchangeOnce(port, { method: "GET", path: "/health/ready" })).status;
}

/** The whole story; `makeRoom` is what a person would do. */
async function fillAndHeal(
  store: string,
  place: {
    readonly fill: (gateway: GatewayProcess) => void;
    readonly makeRoom: (gateway: GatewayProcess) => void;
  },
): Promise<string> {
  const sink = await openSink({ keepsBodies: false });
  const account: Account = new Map();
  try {
    gateway = await start(store, sink.url);
    const { port, child } = gateway;
    expect((await post(port, account)).status).toBe(200);
    place.fill(gateway);
    const refused = await postUntilFull(port, account);
    expect(refused.status).toBe(503);
    expect(refused.headers["retry-after"]).toMatch(/^[1-9]\d*$/);
    expect(JSON.parse(refused.body)).toMatchObject({ code: "STORE_UNAVAILABLE" });
    await until("unready while the disk is full", async () => (await isReady(port)) === 503);
    // Concurrent ones fail alone or together, but never with a 200 that isn't kept.
    await Promise.all(Array.from({ length: 20 }, () => post(port, account)));
    const whileFull = account.size;

    place.makeRoom(gateway);
    await until("200 again", async () => (await post(port, account)).status === 200);
    await until("ready again", async () => (await isReady(port)) === 200);
    expect(child.exitCode).toBe(null);
    await compare(store, { account, sink });
    return `${whileFull} answered 200 until full, ${account.size} in all, all kept`;
  } finally {
    await sink.close();
  }
}

async function compare(
  store: string,
  at: { readonly account: Account; readonly sink: Awaited<ReturnType<typeof openSink>> },
): Promise<void> {
  const { account, sink } = at;
  await until("every delivery", () => sink.arrivals.length >= account.size);
  // Attempts that ended while the disk was full too, and long before their leases (two minutes) end.
  await until("every delivery's record", () =>
    beside(store, async (engine) => (await engine.counts()).deliveries.delivered === account.size),
  );
  expect(sink.arrivals).toHaveLength(account.size);
  await beside(store, async (engine) => {
    const kept = new Map<string, string>();
    for (const event of await allEvents(engine)) {
      expect(kept.has(event.providerEventId ?? "")).toBe(false);
      kept.set(event.providerEventId ?? "", sha256(await bytesOfEvent(engine, event)));
    }
    for (const [id, digest] of account) expect(kept.get(id)).toBe(digest);
    // A 503 says "not kept": the sender sends it again.
    expect(kept.size).toBe(account.size);
  });
  expect(sink.faults).toEqual([]);
}

describe("a full disk answers 503 with Retry-After, keeps all that was answered 200, and heals without a restart", () => {
  // Only root may mount, and some sandboxes refuse even that; the next test fills a disk without it.
  test.runIf(isMounted)("on a small file system (ENOSPC)", async () => {
    const ballast = join(mounted, "ballast");
    const text = await fillAndHeal(join(mounted, "store.db"), {
      // All but 3 MiB, so that it is soon full.
      fill: () => {
        const { bavail, bsize } = statfsSync(mounted);
        writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - 3 * mebibyte)));
      },
      makeRoom: () => rmSync(ballast),
    });
    process.stdout.write(`disk full, ENOSPC: ${text}\n`);
  });

  test("by a limit on the size of files (EFBIG)", async () => {
    const limit = (pid: number, bytes: string) => {
      const made = spawnSync("prlimit", ["--pid", String(pid), `--fsize=${bytes}`]);
      if (made.status !== 0) throw new Error(`prlimit: ${made.error ?? made.stderr}`);
    };
    const text = await fillAndHeal(join(folder.path, "limited.db"), {
      fill: ({ child }) => limit(child.pid as number, `${3 * mebibyte}:unlimited`),
      makeRoom: ({ child }) => limit(child.pid as number, "unlimited:unlimited"),
    });
    process.stdout.write(`disk full, EFBIG: ${text}\n`);
  });
});
