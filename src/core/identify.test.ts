import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { defineProvider, secret } from "./define.ts";
import type { Identified } from "./identify.ts";
import { identify } from "./identify.ts";
import { judgeGateway } from "./judge-gateway.ts";
import { receive } from "./receive.ts";
import type { EventIdentity, IdentifyInput, Request } from "./types.ts";
import { verify } from "./verify.ts";

type Tells = (input: IdentifyInput) => EventIdentity | readonly EventIdentity[];

const dayMs = 86_400_000;
const hashOf = (text: string) => createHash("sha256").update(text).digest("base64url");

/** What `identify` makes of a body whose provider tells this. */
function identified(
  tells: Tells,
  words: {
    body?: string;
    params?: Record<string, string>;
    headers?: string[];
    dedupeSeconds?: number;
  } = {},
): Identified {
  const { body = "{}", params = {}, headers = [], ...options } = words;
  const provider = defineProvider({
    name: "test",
    title: "Test",
    docs: "https://example.com",
    evidence: { kind: "unconfirmed", source: "made up" },
    retries: true,
    marks: () => ["x-test"],
    verify: () => ({ kind: "verified", secret: "S" }),
    sign: () => ({ headers: {} }),
    identify: tells,
  });
  const source = provider({ path: "/test", secrets: [secret("S")], ...options });
  const judged = judgeGateway({ sources: { test: source }, destinations: {}, routes: [] });
  if (judged.kind !== "gateway") throw new Error(JSON.stringify(judged.mistakes));
  const request: Request = {
    id: "r1",
    source: "test",
    receivedAt: 1,
    method: "POST",
    path: "/test",
    query: "",
    params,
    headers,
    body: asSent,
    remoteAddress: "203.0.113.7",
  };
  const [only] = judged.gateway.sources;
  if (only === undefined) throw new Error("no source");
  const proof = { secrets: [], now: 1, publicUrl: undefined };
  const verification = verify(receive(request, only), proof);
  if (verification.kind !== "verified") throw new Error(verification.kind);
  return identify(verification.verified, Buffer.from(body));
}

/** What arrived; what a provider reads is its decoded form. */
const asSent = Buffer.from("as it came, perhaps compressed");
const byId = (id: string): EventIdentity => ({ id, type: "t", dedupe: { by: "id", id } });
const byContent: EventIdentity = { type: "t", dedupe: { by: "content" } };
const keyOf = (made: Identified) => made.events[0]?.dedupe?.key;

describe("identifying a request", () => {
  it("names one event that is the whole body, as it was sent", () => {
    const { events, assurance, secretName } = identified(() => byId("evt_1"), { body: "12345" });
    expect(events).toEqual([
      {
        providerEventId: "evt_1",
        type: "t",
        occurredAt: undefined,
        start: 0,
        end: asSent.length,
        inDecoded: false,
        dedupe: { key: "id:evt_1", lastsMs: 30 * dayMs },
      },
    ]);
    expect({ assurance, secretName }).toEqual({ assurance: "verified", secretName: "S" });
  });

  it("names each event of a batch by its range", () => {
    const body = '["a","b"]';
    const ranges = [
      { start: 1, end: 4 },
      { start: 5, end: 8 },
    ];
    const { events } = identified(() => ranges.map((range) => ({ ...byContent, range })), { body });
    expect(events.map(({ start, end }) => body.slice(start, end))).toEqual(['"a"', '"b"']);
    expect(events.map(({ inDecoded }) => inDecoded)).toEqual([true, true]);
  });

  it("tells items without an id apart by their batch and place, so that equal ones aren't lost", () => {
    const ranges = [
      { start: 1, end: 4 },
      { start: 5, end: 8 },
    ];
    const keysOf = (body: string) =>
      identified(() => ranges.map((range) => ({ ...byContent, range })), { body }).events.map(
        ({ dedupe }) => dedupe?.key,
      );
    const batch = hashOf('["a","a"]');
    expect(keysOf('["a","a"]')).toEqual([`content:${batch}:1`, `content:${batch}:5`]);
    expect(keysOf('["a","b"]')[0]).not.toBe(keysOf('["a","a"]')[0]);
  });

  it("takes an item's unsigned id together with the item's own bytes", () => {
    const range = { start: 1, end: 4 };
    const one = { id: "1", type: "t", dedupe: { by: "id-and-content", id: "1" }, range } as const;
    expect(keyOf(identified(() => one, { body: '["a","b"]' }))).toBe(`both:${hashOf('"a"')}:1`);
  });

  it("names none of a request that tells none", () => {
    expect(identified(() => []).events).toEqual([]);
  });

  it("calls a type that is empty unknown", () => {
    expect(identified(() => ({ ...byContent, type: "" })).events[0]?.type).toBe("unknown");
  });

  it("parses the decoded body once, and not where nobody asks", () => {
    const payloads: unknown[] = [];
    identified(
      ({ payload }) => {
        payloads.push(payload(), payload());
        return byContent;
      },
      { body: '{"a":1}' },
    );
    expect(payloads).toEqual([{ a: 1 }, { a: 1 }]);
    expect(payloads[0]).toBe(payloads[1]);
  });
});

describe("a dedupe key", () => {
  it("rests on the content where there is no id, for a minute", () => {
    const { events } = identified(() => byContent, { body: "same" });
    expect(events[0]?.dedupe).toEqual({ key: `content:${hashOf("same")}`, lastsMs: 60_000 });
  });

  it("takes an unsigned id together with the content only", () => {
    const both = { type: "t", dedupe: { by: "id-and-content", id: "x" } } as const;
    const { events } = identified(() => both, { body: "same" });
    expect(events[0]?.dedupe).toEqual({ key: `both:${hashOf("same")}:x`, lastsMs: 30 * dayMs });
    const other = { ...both, dedupe: { ...both.dedupe, id: "y" } };
    expect(keyOf(identified(() => other, { body: "same" }))).not.toBe(events[0]?.dedupe?.key);
  });

  it("never takes one basis for another", () => {
    const content = keyOf(identified(() => byContent, { body: "x" })) ?? "";
    expect(keyOf(identified(() => byId(content.slice("content:".length))))).not.toBe(content);
  });

  it("tells tenants apart, whatever is in their names", () => {
    const keys = [
      keyOf(identified(() => byId("1"))),
      keyOf(identified(() => byId("1"), { params: { tenant: "a" } })),
      keyOf(identified(() => byId("1"), { params: { tenant: "b" } })),
      keyOf(identified(() => byId("1"), { params: { tenant: "a/x=b" } })),
      keyOf(identified(() => byId("1"), { params: { tenant: "a", x: "b" } })),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("lasts as long as the source says, and isn't made where it says 0", () => {
    const lasting = identified(() => byId("1"), { dedupeSeconds: 5 });
    expect(lasting.events[0]?.dedupe?.lastsMs).toBe(5_000);
    expect(identified(() => byId("1"), { dedupeSeconds: 0 }).events[0]?.dedupe).toBeUndefined();
  });
});

describe("an id in a header", () => {
  const sent = Buffer.from("Bestellung-Ä✓", "utf8").toString("latin1");
  const tells: Tells = ({ request }) => byId(request.headers[1] ?? "");

  it("is read as UTF-8 where its bytes are that; what was kept stays as it came", () => {
    const made = identified(tells, { headers: ["x-id", sent] });
    expect(made.events[0]?.providerEventId).toBe("Bestellung-Ä✓");
    expect(keyOf(made)).toBe("id:Bestellung-Ä✓");
    expect(made.request.headers).toEqual(["x-id", sent]);
  });

  it("of other bytes is a character for each", () => {
    const made = identified(tells, { headers: ["x-id", "caf\xe9"] });
    expect(made.events[0]?.providerEventId).toBe("café");
  });
});
