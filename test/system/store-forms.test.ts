import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Engine } from "../../src/core/engine.ts";
import {
  all,
  anAcceptance,
  aRejection,
  aRequest,
  delivered,
  eventOf,
  pages,
  releaseOf,
  shareIds,
  start,
} from "../../src/engines/conformance/builders.ts";
import { openSqlite } from "../../src/engines/sqlite/index.ts";
import { migrations } from "../../src/engines/sqlite/migrations.ts";
import { idMaker } from "../../src/kit/ids.ts";
import { hmac } from "../../src/providers/index.ts";
import { scratch } from "../support/gateway-process.ts";
import { runHere } from "../support/in-process.ts";
import { allEvents, beside } from "../support/kept.ts";

beforeAll(() => shareIds(true));

const opened: Engine[] = [];
afterEach(async () => {
  for (const engine of opened.splice(0)) await engine.close();
});

function freshPath(): string {
  return join(mkdtempSync(join(tmpdir(), "surehook-migrations-")), "s.db");
}

async function open(path: string, role: "gateway" | "operator" = "gateway"): Promise<Engine> {
  const engine = await openSqlite({ path, role, clock: () => start + 1_000 });
  opened.push(engine);
  return engine;
}

/** Ids as the first form's gateways made them: in one millisecond, and without a place of their own. */
function oldId(n: number): string {
  return `019ca000-0000-7000-8000-${n.toString(16).padStart(12, "0")}`;
}

/** A store of the first form: requests of one event each, the last of them refused. */
function oldStore(count: number): string {
  const path = freshPath();
  const db = new DatabaseSync(path);
  db.exec("PRAGMA journal_mode = WAL");
  db.exec(migrations[0] ?? "");
  db.exec("PRAGMA user_version = 1");
  const request = db.prepare(`INSERT INTO requests (seq, id, source, received_at, path,
    remote_address, outcome, assurance, stored_at, provider, type, provider_event_id, body_bytes,
    headers, body) VALUES (?, ?, 'shop', ${start}, '/webhooks/shop', '203.0.113.7', 'accepted',
    'verified', ${start}, 'hmac', 'order.created', ?, 2, '', ?)`);
  const key = db.prepare("INSERT INTO dedupe VALUES ('shop', ?, ?, 0, ?)");
  const delivery = db.prepare(`INSERT INTO deliveries (event_id, destination, number, state,
    origin, created_at, due_at) VALUES (?, 'crm', 1, 'ready', 'route', ${start}, ${start})`);
  for (let n = 1; n <= count; n += 1) {
    request.run(n, oldId(n), `${n}`, Buffer.from("{}"));
    key.run(`id:${n}`, n, start + 86_400_000);
    delivery.run(oldId(n));
  }
  db.exec(`INSERT INTO requests (seq, id, source, received_at, path, remote_address, outcome, code,
    event_ids, body_bytes, headers, body) VALUES (${count + 1}, '${oldId(count + 1)}', 'shop',
    ${start}, '/webhooks/shop', '203.0.113.7', 'rejected', 'INVALID_SIGNATURE', '', 2, '', x'7b7d')`);
  db.close();
  return path;
}

describe("a store of the first form", () => {
  it("keeps all that it had, by its ids, keys and deliveries", async () => {
    const engine = await open(oldStore(50));
    expect(await engine.event(oldId(7))).toMatchObject({ providerEventId: "7", source: "shop" });
    expect(await engine.request(oldId(51))).toMatchObject({ outcome: "rejected" });
    expect(String(await engine.body(oldId(7)))).toBe("{}");
    const { events } = await engine.accept(anAcceptance({ key: "id:7" }));
    expect(events[0]).toMatchObject({ kind: "duplicate", id: oldId(7) });
    expect(await engine.claim("crm", all)).toHaveLength(50);
    const refused = { ...aRequest(), id: oldId(51) };
    const released = await engine.release(releaseOf(refused, { key: "id:51" }));
    expect(released?.events[0]).toMatchObject({ kind: "stored" });
  });

  it("lists old and new in the order of ids, each once, in pages of any size", async () => {
    const engine = await open(oldStore(20));
    const made = Array.from({ length: 20 }, (_, n) => anAcceptance({ key: `id:new-${n}` }));
    // Half of them in a table of their own.
    const mixed = made.map((one, n) => (n % 2 === 0 ? one : { ...one, answer: undefined, note }));
    for (const one of mixed) await engine.accept(one);
    const ids = [
      ...Array.from({ length: 20 }, (_, n) => oldId(n + 1)),
      ...mixed.map((one) => eventOf(one).id),
    ];
    for (const limit of [1, 7, 1_000]) {
      const up = await pages((page) => engine.events({ oldestFirst: true }, page), limit);
      expect(up.map(({ id }) => id)).toEqual([...ids].sort());
      const down = await pages((page) => engine.events({}, page), limit);
      expect(down.map(({ id }) => id)).toEqual([...ids].sort().reverse());
    }
  });

  it("prunes what is old, with its keys", async () => {
    const engine = await open(oldStore(3));
    for (const claim of await engine.claim("crm", all)) {
      await engine.settle(delivered(claim, start));
    }
    while ((await engine.prune({ before: start + 1, limit: 100 })) > 0);
    expect(await engine.counts()).toMatchObject({ events: 0, requests: { accepted: 0 } });
    const { events } = await engine.accept(anAcceptance({ key: "id:1" }));
    expect(events[0]).toMatchObject({ kind: "stored" });
  });
});

const note = { code: "VALIDATION_ERROR", detail: "of this test" } as const;

describe("a key", () => {
  it("that another process has taken meanwhile is known", async () => {
    const path = freshPath();
    const gateway = await open(path);
    await gateway.accept(anAcceptance({ key: "id:1" }));
    const { request } = aRejection();
    await gateway.reject({ request, code: "INVALID_SIGNATURE", detail: "" });
    const operator = await open(path, "operator");
    const released = await operator.release(releaseOf(request, { key: "id:2" }));
    expect(released?.events[0]).toMatchObject({ kind: "stored" });
    const { events } = await gateway.accept(anAcceptance({ key: "id:2" }));
    expect(events[0]).toMatchObject({ kind: "duplicate", id: released?.events[0]?.id });
  });
});

describe("ids of the gateway", () => {
  it("go on after those of its store, though the clock was set back since", async () => {
    const folder = scratch("store-forms");
    const path = join(folder.path, "store.db");
    const ahead = idMaker(() => Date.now() + 3_600_000);
    const engine = await open(path);
    for (let n = 0; n < 100; n += 1) await engine.accept(anAcceptance({ id: ahead() }));
    await opened.pop()?.close();
    const gateway = await runHere(
      {
        sources: {
          mine: hmac({ path: "/webhooks/mine", secrets: [], unsigned: true, header: "X-Mine" }),
        },
        destinations: {},
        routes: [],
      },
      folder,
    );
    try {
      const posts = Array.from({ length: 200 }, (_, n) =>
        fetch(`${gateway.url}/webhooks/mine`, { method: "POST", body: `{"n":${n}}` }),
      );
      const statuses = (await Promise.all(posts)).map(({ status }) => status);
      expect(statuses).toEqual(statuses.map(() => 200));
      const events = await beside(path, allEvents);
      expect(events).toHaveLength(300);
      expect(events.slice(100).every(({ source }) => source === "mine")).toBe(true);
      expect(events.slice(0, 100).every(({ receivedAt }) => receivedAt === start)).toBe(true);
    } finally {
      await gateway.end();
    }
  });

  it("tell rows that listings find in their order", async () => {
    const engine = await open(freshPath());
    const newId = idMaker(() => start);
    const ids = Array.from({ length: 9_000 }, () => newId());
    await Promise.all(ids.map((id) => engine.accept(anAcceptance({ id }))));
    const listed = await pages((page) => engine.events({ oldestFirst: true }, page), 1_000);
    expect(listed.map(({ id }) => id)).toEqual(ids);
    expect(await engine.event(ids[4_500] ?? "")).toMatchObject({ id: ids[4_500] });
  });
});
