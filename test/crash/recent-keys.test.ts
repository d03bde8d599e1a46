import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Acceptance } from "../../src/core/engine.ts";
import { anAcceptance, aRequest, shareIds, start } from "../../src/engines/conformance/builders.ts";
import { acceptWork, rejectWork, releaseWork } from "../../src/engines/sqlite/accepting.ts";
import { KeyMerger } from "../../src/engines/sqlite/key-merger.ts";
import { migrate } from "../../src/engines/sqlite/migrate.ts";
import { Writer } from "../../src/engines/sqlite/writer.ts";

/** A store with its writer, as a gateway has it; `now` is its clock. */
class Store {
  readonly path: string;
  readonly writer: Writer;
  readonly merger: KeyMerger;
  now = start;

  constructor(path: string) {
    this.path = path;
    const db = new DatabaseSync(path);
    migrate(db);
    db.close();
    this.writer = open(path);
    this.merger = new KeyMerger(this.writer, () => this.now);
  }

  async accept(acceptance: Acceptance): Promise<string> {
    const { events } = await this.writer.write((sql) => acceptWork(sql, acceptance, this.now));
    return events[0]?.kind === "stored" ? "stored" : `duplicate of ${events[0]?.id}`;
  }

  keysInTable(): number {
    const db = new DatabaseSync(this.path, { readOnly: true });
    const count = Number(db.prepare("SELECT count(*) AS n FROM dedupe").get()?.["n"]);
    db.close();
    return count;
  }

  /** What a killed process leaves. */
  crashed(): Store {
    const path = join(mkdtempSync(join(folder, "c-")), "s.db");
    for (const file of ["", "-wal"]) copyFileSync(`${this.path}${file}`, `${path}${file}`);
    return new Store(path);
  }

  async close(): Promise<void> {
    await this.merger.close();
    await this.writer.close();
  }
}

const open = (path: string) => new Writer({ path, sync: "off", onFatal: () => undefined });

let folder: string;
let stores: Store[];

function aStore(): Store {
  const store = new Store(join(mkdtempSync(join(folder, "s-")), "s.db"));
  stores.push(store);
  return store;
}

beforeEach(() => {
  shareIds(true);
  folder = mkdtempSync(join(tmpdir(), "surehook-keys-"));
  stores = [];
});

afterEach(async () => {
  for (const store of stores) await store.close();
  rmSync(folder, { recursive: true });
  shareIds(false);
});

const hour = 3_600_000;
const keyed = (key: string, at = start, lastsMs = hour): Acceptance =>
  anAcceptance({ key, at, expiresAt: at + lastsMs });
const idOf = ({ request }: Acceptance): string => request.id;

/** The same by an id that another request has: it can't be kept. */
function withId({ request, events, ...rest }: Acceptance, id: string): Acceptance {
  return {
    ...rest,
    request: { ...request, id },
    events: events.map((item) => ({ ...item, event: { ...item.event, id } })),
  };
}

describe("a key that isn't in the table yet", () => {
  test("is known, during its merge and after it, and after a crash at each of these", async () => {
    const store = aStore();
    const firsts = Array.from({ length: 10 }, (_, n) => keyed(`id:${n}`));
    for (const first of firsts) expect(await store.accept(first)).toBe("stored");
    expect(store.keysInTable()).toBe(0);
    const all = async (at: Store) => {
      for (const [n, first] of firsts.entries()) {
        expect(await at.accept(keyed(`id:${n}`))).toBe(`duplicate of ${idOf(first)}`);
      }
    };
    const allAfterCrash = async () => {
      const next = store.crashed();
      stores.push(next);
      await all(next);
    };
    await all(store);
    await allAfterCrash();
    const merge = store.merger.merge(2);
    while (store.keysInTable() < 4) await store.writer.write(() => undefined);
    await all(store);
    await allAfterCrash();
    await merge;
    expect(store.keysInTable()).toBe(10);
    await all(store);
    await allAfterCrash();
  });

  test("is free again when its request couldn't be kept", async () => {
    const store = aStore();
    const first = keyed("id:1");
    await store.accept(first);
    const spoilt = withId(keyed("id:2"), idOf(first));
    const [before, refused] = await Promise.allSettled([
      store.accept(keyed("id:3")),
      store.accept(spoilt),
    ]);
    expect([before.status, refused.status]).toEqual(["fulfilled", "rejected"]);
    // Another process gets the rowid that the refused one would have had.
    const other = open(store.path);
    await other.write((sql) => acceptWork(sql, keyed("id:4"), start));
    await other.close();
    expect(await store.accept(keyed("id:2"))).toBe("stored");
    for (const key of ["id:1", "id:2", "id:3", "id:4"]) {
      expect(await store.accept(keyed(key))).toMatch(/^duplicate/);
    }
  });

  test("is known to another process, and another's to this one", async () => {
    const store = aStore();
    const other = open(store.path);
    const [first, mine] = [keyed("id:1"), keyed("id:2")];
    await store.accept(first);
    const rejected = aRequest({ at: start });
    await store.writer.write((sql) =>
      rejectWork(
        sql,
        { request: rejected, code: "INVALID_SIGNATURE", detail: "" },
        { perSource: 9, perAddress: 9 },
      ),
    );
    const released = { ...keyed("id:1"), request: rejected };
    const { events } = (await other.write((sql) => releaseWork(sql, released, start))) ?? {};
    expect(events).toMatchObject([{ kind: "duplicate", id: idOf(first) }]);
    await other.write((sql) => acceptWork(sql, mine, start));
    expect(await store.accept(keyed("id:2"))).toBe(`duplicate of ${idOf(mine)}`);
    await other.close();
  });

  test("that was taken again in the table keeps its later holder", async () => {
    const store = aStore();
    await store.accept(keyed("id:1", start, 10));
    store.now = start + 20;
    // A query makes a request uncommon: its key goes to the table at once.
    const second = anAcceptance({
      key: "id:1",
      at: store.now,
      expiresAt: store.now + hour,
      query: "a=1",
    });
    expect(await store.accept(second)).toBe("stored");
    await store.merger.merge(10);
    expect(await store.accept(keyed("id:1", store.now))).toBe(`duplicate of ${idOf(second)}`);
  });

  test("whose request was removed is free, and what takes it then keeps it", async () => {
    const store = aStore();
    const first = keyed("id:1");
    await store.accept(first);
    await store.accept(keyed("id:2"));
    await store.writer.write((sql) => sql.deleteRequest.run(1));
    const second = anAcceptance({ key: "id:1", expiresAt: start + 2 * hour, query: "a=1" });
    expect(await store.accept(second)).toBe("stored");
    await store.merger.merge(10);
    expect(await store.accept(keyed("id:1"))).toBe(`duplicate of ${idOf(second)}`);
  });

  test("is given back when its time is over", async () => {
    const store = aStore();
    await store.accept(keyed("id:1", start, 10));
    store.now = start + 20;
    const second = keyed("id:1", store.now);
    expect(await store.accept(second)).toBe("stored");
    expect(await store.accept(keyed("id:1", store.now))).toBe(`duplicate of ${idOf(second)}`);
  });
});

type Step =
  | { readonly do: "accept"; readonly key: number; readonly lasts: number; readonly query: string }
  | { readonly do: "merge"; readonly atOnce: number }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "crash" };

const accepts = fc.record({
  do: fc.constant("accept" as const),
  key: fc.nat(7),
  lasts: fc.constantFrom(5, 50),
  // With a query a request is uncommon.
  query: fc.constantFrom("", "a=1"),
});
const merges = fc.record({
  do: fc.constant("merge" as const),
  atOnce: fc.integer({ min: 1, max: 4 }),
});
const waits = fc.record({ do: fc.constant("wait" as const), ms: fc.constantFrom(1, 7, 60) });
const crashes = fc.record({ do: fc.constant("crash" as const) });
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: accepts },
    { weight: 1, arbitrary: merges },
    { weight: 2, arbitrary: waits },
    { weight: 1, arbitrary: crashes },
  ),
  { minLength: 5, maxLength: 40, size: "max" },
);

test("any run of accepts, merges and crashes knows just the keys whose time isn't over", async () => {
  const run = fc.asyncProperty(steps, async (taken) => {
    const holders: Holders = new Map();
    let store = aStore();
    for (const step of taken) {
      if (step.do === "crash") {
        const { now } = store;
        store = store.crashed();
        store.now = now;
        stores.push(store);
      } else await take(store, step, holders);
    }
    for (const one of stores.splice(0)) await one.close();
  });
  await fc.assert(run, { numRuns: 60 });
});

type Holders = Map<number, { readonly id: string; readonly until: number }>;

async function take(
  store: Store,
  step: Exclude<Step, { do: "crash" }>,
  holders: Holders,
): Promise<void> {
  if (step.do === "merge") return store.merger.merge(step.atOnce);
  if (step.do === "wait") {
    store.now += step.ms;
    return;
  }
  const { key, lasts, query } = step;
  const [at, expiresAt] = [store.now, store.now + lasts];
  const next = anAcceptance({ key: `id:${key}`, at, expiresAt, query });
  const holder = holders.get(key);
  const isHeld = holder !== undefined && holder.until > at;
  expect(await store.accept(next)).toBe(isHeld ? `duplicate of ${holder.id}` : "stored");
  if (!isHeld) holders.set(key, { id: idOf(next), until: expiresAt });
}
