import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Acceptance } from "../../core/engine.ts";
import { anAcceptance, aRequest, shareIds, start } from "../conformance/builders.ts";
import { acceptWork, rejectWork, releaseWork } from "./accepting.ts";
import { KeyMerger } from "./key-merger.ts";
import { migrate } from "./migrate.ts";
import { Writer } from "./writer.ts";

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
    const spoilt = keyed("id:2");
    // A rowid may be there once only, and so may an id.
    const same = { ...spoilt, request: { ...spoilt.request, id: idOf(first) } };
    const clash = {
      ...same,
      events: spoilt.events.map((item) => ({ ...item, event: { ...item.event, id: idOf(first) } })),
    };
    const [before, refused, behind] = await Promise.allSettled([
      store.accept(keyed("id:3")),
      store.accept(clash),
      store.accept(keyed("id:4")),
    ]);
    expect([before.status, refused.status, behind.status]).toEqual([
      "fulfilled",
      "rejected",
      "fulfilled",
    ]);
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

  test("is given back when its time is over", async () => {
    const store = aStore();
    await store.accept(keyed("id:1", start, 10));
    store.now = start + 20;
    const second = keyed("id:1", store.now);
    expect(await store.accept(second)).toBe("stored");
    expect(await store.accept(keyed("id:1", store.now))).toBe(`duplicate of ${idOf(second)}`);
  });
});

test("any run of accepts, merges and crashes knows just the keys whose time isn't over", async () => {
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant("accept" as const),
        key: fc.nat(7),
        lasts: fc.constantFrom(5, 50),
        common: fc.boolean(),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant("merge" as const),
        atOnce: fc.integer({ min: 1, max: 4 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("crash" as const) }) },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.constantFrom(1, 7, 60) }),
    },
  );
  const run = fc.asyncProperty(
    fc.array(step, { minLength: 5, maxLength: 40, size: "max" }),
    async (steps) => {
      let store = aStore();
      const holders = new Map<number, { readonly id: string; readonly until: number }>();
      for (const taken of steps) {
        if (taken.do === "merge") await store.merger.merge(taken.atOnce);
        else if (taken.do === "wait") store.now += taken.ms;
        else if (taken.do === "crash") {
          const { now } = store;
          store = store.crashed();
          store.now = now;
          stores.push(store);
        } else {
          const until = store.now + taken.lasts;
          const query = taken.common ? "" : "a=1";
          const next = anAcceptance({
            key: `id:${taken.key}`,
            at: store.now,
            expiresAt: until,
            query,
          });
          const holder = holders.get(taken.key);
          const isHeld = holder !== undefined && holder.until > store.now;
          expect(await store.accept(next)).toBe(isHeld ? `duplicate of ${holder.id}` : "stored");
          if (!isHeld) holders.set(taken.key, { id: idOf(next), until });
        }
      }
      for (const one of stores.splice(0)) await one.close();
    },
  );
  await fc.assert(run, { numRuns: 60 });
});
