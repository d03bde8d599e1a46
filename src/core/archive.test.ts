import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { archiveFolder, archiveNames, archiveRecord, pathSegment } from "./archive.ts";
import type { Delivery, Event } from "./types.ts";

const event: Event = {
  id: "019ca000-0000-7000-8000-000000000001",
  requestId: "019ca000-0000-7000-8000-000000000002",
  source: "shop",
  provider: "stripe",
  type: "order.created",
  providerEventId: "evt_1",
  occurredAt: undefined,
  receivedAt: Date.UTC(2024, 1, 29, 23, 59, 59, 999),
  assurance: "verified",
  secretName: "SECRET",
  validity: "valid",
  params: {},
  start: 0,
  end: 2,
  inDecoded: false,
};
const delivery: Delivery = {
  id: "d1",
  eventId: event.id,
  destination: "crm",
  state: "dead",
  origin: "route",
  attempts: 3,
  createdAt: 1,
  dueAt: 1,
  firstAttemptAt: 1,
  settledAt: 2,
  reason: "DESTINATION_STATUS: 500",
  laneKey: undefined,
  held: undefined,
};

describe("a path segment", () => {
  it("keeps what is plain and encodes every other byte", () => {
    expect(pathSegment("evt_1.A-z")).toBe("evt_1.A-z");
    expect(pathSegment("a/b\\c d")).toBe("a%2Fb%5Cc%20d");
    expect(pathSegment("é☕%")).toBe("%C3%A9%E2%98%95%25");
    expect(pathSegment("\0\n")).toBe("%00%0A");
  });

  it("is never a step up or nowhere", () => {
    expect([".", "..", "...", ".a"].map(pathSegment)).toEqual(["%2E", "%2E%2E", "...", ".a"]);
  });

  it("is cut where a file's name would be too long, and still told apart", () => {
    const [one, other] = ["a", "b"].map((end) => pathSegment(`${"é".repeat(200)}${end}`));
    expect(one).toMatch(/^%C3%A9%C3%A9[%0-9A-F]*~[0-9a-f]{32}$/);
    expect(one?.length).toBe(120);
    expect(other).not.toBe(one);
    expect(pathSegment("a".repeat(120))).toBe("a".repeat(120));
  });

  it("gives back what was encoded, and holds no separator", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 4 }), (text) => {
        fc.pre(Buffer.byteLength(text) <= 40);
        const segment = pathSegment(text);
        expect(decodeURIComponent(segment)).toBe(text);
        expect(segment).toMatch(/^(?:[A-Za-z0-9._-]|%[0-9A-F]{2})*$/);
        expect([".", ".."]).not.toContain(segment);
      }),
    );
  });
});

describe("an archive's folder", () => {
  const at = (receivedAt: number) => archiveFolder({ ...event, receivedAt });

  it("is the provider and the UTC date of arrival", () => {
    expect(archiveFolder(event)).toBe("stripe/2024/02/29");
    expect(at(event.receivedAt + 1)).toBe("stripe/2024/03/01");
    expect(archiveFolder({ ...event, provider: "../x" })).toBe("..%2Fx/2024/02/29");
  });

  it("agrees with Date on any day", () => {
    const span = { min: Date.UTC(1900, 0, 1), max: Date.UTC(9999, 11, 31) };
    const leap = fc.constantFrom(1904, 1970, 1999, 2000, 2023, 2024, 2096, 2100, 2400);
    const day = fc
      .tuple(leap, fc.integer({ min: -2, max: 400 }))
      .map(([year, days]) => Date.UTC(year, 1, 28 + days, 12));
    fc.assert(
      fc.property(fc.oneof(fc.integer(span), day), (ms) => {
        expect(at(ms)).toBe(
          `stripe/${new Date(ms).toISOString().slice(0, 10).replaceAll("-", "/")}`,
        );
      }),
      { numRuns: 3_000 },
    );
  });
});

describe("an archive's file", () => {
  it("is named by the sender's id, then by destination, then by ours", () => {
    expect(archiveNames(event, "crm")).toEqual([
      "evt_1.json",
      "evt_1.crm.json",
      `evt_1.crm.${event.id}.json`,
    ]);
    const nameless = { ...event, providerEventId: undefined };
    expect(archiveNames(nameless, "crm")[0]).toBe(`${event.id}.json`);
    expect(archiveNames({ ...event, providerEventId: ".." }, "crm")[0]).toBe("%2E%2E.json");
  });

  it("holds the payload as text, or as base64 where it is none", () => {
    const record = (body: Buffer) =>
      archiveRecord({ event, delivery, attempts: [], headers: [], body });
    expect(record(Buffer.from("{}"))).toMatchObject({ eventId: "evt_1", payload: "{}" });
    const binary = Buffer.from([0xff, 0x00]);
    expect(record(binary)).toMatchObject({ payloadBase64: "/wA=" });
    expect(record(binary)).not.toHaveProperty("payload");
  });

  it("holds headers but no credential", () => {
    const headers = ["X-A", "1", "Authorization", "Bearer x", "cookie", "y"];
    const body = Buffer.from("{}");
    const record = archiveRecord({ event, delivery, attempts: [], headers, body });
    expect(record).toMatchObject({ headers: [["x-a", "1"]], reason: "DESTINATION_STATUS: 500" });
    expect(JSON.stringify(record)).not.toContain("Bearer");
  });
});
