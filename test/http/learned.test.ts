/** Secrets that a sender shows: who may plant one, who sees it, and what is kept of it. */
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { openLearned, releaseRequest } from "../../src/app/operate.ts";
import { secret } from "../../src/core/define.ts";
import { judgeGateway } from "../../src/core/judge-gateway.ts";
import { type LearnedSecret, withShown } from "../../src/core/learned.ts";
import { asana, notion } from "../../src/providers/index.ts";
import { expectRefusal } from "../support/answering.ts";
import { type LocalGateway, runHere } from "../support/in-process.ts";
import { allRequests, beside } from "../support/kept.ts";
import { exchangeOnce } from "../support/raw-http.ts";

const first = "b537207f20cbfa02357cf448134da559";
const second = "0c25c0a1e6c0cd9ad7d4a7d4c9c1a3ff";

let gateway: LocalGateway;

afterEach(() => gateway.end());

const definition = () => ({
  sources: {
    asana: asana({ path: "/asana", learn: true }),
    configured: asana({ path: "/configured", learn: true, secrets: [secret("L_SECRET")] }),
    notion: notion({ path: "/notion", learn: true }),
  },
  destinations: {},
  routes: [],
});

async function open(): Promise<void> {
  process.env["L_SECRET"] = "a-secret-of-the-config";
  gateway = await runHere(definition());
}

const post = (path: string, headers: Record<string, string>, body = "{}") =>
  exchangeOnce(gateway.port, { path, headers, body });
const shown = (value: string, path = "/asana") => post(path, { "X-Hook-Secret": value });
const told = (at: number) =>
  `{"events":[{"action":"changed","resource":{"gid":"${at}","resource_type":"task"}}]}`;
const event = (by: string, path = "/asana", body = told(0)) =>
  post(path, { "X-Hook-Signature": createHmac("sha256", by).update(body).digest("hex") }, body);
const learned = <T>(work: (store: ReturnType<typeof openLearned>) => Promise<T>) =>
  beside(gateway.store, (engine) => work(openLearned(engine, { store: gateway.store })));

describe("a source that learns", () => {
  test("answers 503 until a secret is shown, and takes the first", async () => {
    await open();
    expectRefusal(await event(first), 503, "SOURCE_OFF");
    const answer = await shown(first);
    expect([answer.status, answer.headers["x-hook-secret"], answer.body]).toEqual([200, first, ""]);
    expect((await event(first)).status).toBe(200);
    expectRefusal(await event(second), 401, "INVALID_SIGNATURE");
    await beside(gateway.store, async (engine) => {
      const [kept] = (await engine.events({}, { limit: 10 })).items;
      expect(kept).toMatchObject({
        source: "asana",
        secretName: "learned-1",
        assurance: "verified",
      });
    });
  });

  test("lets nobody replace it: a later one waits for a person, and what it signed can be released", async () => {
    await open();
    await shown(first);
    expect((await shown(second)).headers["x-hook-secret"]).toBe(second);
    expectRefusal(await event(second), 401, "INVALID_SIGNATURE");
    expect((await event(first, "/asana", told(1))).status).toBe(200);
    const all = await learned((store) => store.all("asana"));
    expect(all).toMatchObject([
      { name: "learned-1", state: "live", from: "127.0.0.1" },
      { name: "learned-2", state: "pending" },
    ]);
    await learned((store) => store.confirm("asana", "learned-2"));
    expect((await event(second, "/asana", told(2))).status).toBe(200);
    await beside(gateway.store, async (engine) => {
      const kept = (await allRequests(engine)).filter(({ outcome }) => outcome === "rejected");
      const store = openLearned(engine, { store: gateway.store });
      const options = { requestId: kept[0]?.id ?? "", learned: store };
      const released = await releaseRequest(engine, gateway.gateway, options);
      expect(released.kind).toBe("released");
    });
    await learned((store) => store.drop("asana", "learned-1"));
    expectRefusal(await event(first, "/asana", told(3)), 401, "INVALID_SIGNATURE");
  });

  test("takes none by itself where the config gives one", async () => {
    await open();
    await shown(first, "/configured");
    expectRefusal(await event(first, "/configured"), 401, "INVALID_SIGNATURE");
    expect((await event("a-secret-of-the-config", "/configured")).status).toBe(200);
  });

  test("takes one of many that are shown at the same moment", async () => {
    await open();
    const secrets = Array.from({ length: 8 }, (_, at) => `${first.slice(2)}${at}${at}`);
    await Promise.all(secrets.map((one) => shown(one)));
    const states = (await learned((store) => store.all("asana"))).map(({ state }) => state);
    expect(states.sort()).toEqual(["live", ...Array(7).fill("pending")]);
  });

  test("keeps ten that wait, and no more", async () => {
    await open();
    await shown(first);
    for (let at = 0; at < 10; at += 1) expect((await shown(`${second}${at}`)).status).toBe(200);
    expectRefusal(await shown(`${second}-x`), 429, "RATE_LIMITED");
    expect((await shown(first)).status).toBe(200);
    expect(await learned((store) => store.all("asana"))).toHaveLength(11);
  });

  test("keeps what it learned over a restart, and sealed", async () => {
    await open();
    const token = "secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl";
    const answer = await post("/notion", {}, JSON.stringify({ verification_token: token }));
    expect([answer.status, answer.body]).toEqual([200, ""]);
    const body = '{"id":"e1","type":"page.created"}';
    const signature = `sha256=${createHmac("sha256", token).update(body).digest("hex")}`;
    expect((await post("/notion", { "X-Notion-Signature": signature }, body)).status).toBe(200);
    expect(await learned((store) => store.value("notion", "learned-1"))).toBe(token);
    for (const name of ["store.db", "store.db-wal"]) {
      expect(readFileSync(join(gateway.folder, name)).includes(token)).toBe(false);
    }
  });

  test("has no path with parameters", () => {
    const sources = { asana: asana({ path: "/asana/:tenant", learn: true }) };
    const judged = judgeGateway({ sources, destinations: {}, routes: [] });
    expect(judged).toMatchObject({ mistakes: [{ path: "sources.asana.path" }] });
    return open();
  });
});

test("a secret that is dropped gives its name to no other while others are kept", async () => {
  const at = { at: 1, from: "192.0.2.1", state: "live" } as const;
  const kept = [
    { name: "learned-1", value: "a", ...at },
    { name: "learned-7", value: "b", ...at },
  ];
  const next = withShown(kept, { value: "c", from: "192.0.2.2", isFirst: false }, 2);
  expect(next.kept.at(-1)).toMatchObject({ name: "learned-8", state: "pending" });
  await open();
});

describe("where ten wait already", () => {
  const day = 86_400_000;
  const from = "192.0.2.1";
  const live = { name: "learned-1", value: "live", state: "live", at: 0, from } as const;
  const waiting = (at: number) =>
    ({ name: `learned-${at + 2}`, value: `forged-${at}`, state: "pending", at, from }) as const;
  const full = [live, ...Array.from({ length: 10 }, (_, at) => waiting(at))];
  const genuine = { value: "genuine", from, isFirst: false };

  test("none gives way for three days, however many are shown", async () => {
    await open();
    expect(withShown(full, genuine, 3 * day - 1)).toEqual({ taken: "full", kept: full });
  });

  test("the one that waits longest gives way after them, and one alone", async () => {
    await open();
    const { taken, kept } = withShown(full, genuine, 3 * day);
    expect(taken).toBe("pending");
    expect(kept).toHaveLength(11);
    expect(kept.map(({ name }) => name)).not.toContain("learned-2");
    expect(kept.at(-1)).toMatchObject({ name: "learned-12", value: "genuine", at: 3 * day });
    const another = { ...genuine, value: "another" };
    expect(withShown(kept, another, 3 * day).taken).toBe("full");
  });

  test("a live one never gives way, however old", async () => {
    await open();
    const alive = Array.from({ length: 60 }, (_, at) => ({ ...live, value: `live-${at}` }));
    expect(withShown(alive, genuine, 99 * day)).toEqual({ taken: "full", kept: alive });
    let kept: readonly LearnedSecret[] = full;
    for (let at = 0; at < 50; at += 1) {
      kept = withShown(kept, { ...genuine, value: `shown-${at}` }, 99 * day).kept;
    }
    expect(kept).toHaveLength(11);
    expect(kept[0]).toEqual(live);
  });
});
