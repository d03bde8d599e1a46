/** What each sender's batches become: an event for each item, of exactly the item's bytes. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Provider } from "../core/define.ts";
import type { EventIdentity } from "../core/types.ts";
import { type SenderBatch, senderBatches } from "./conformance-batches.ts";
import { identify, judge, requestOf } from "./conformance-requests.ts";
import { adyen, msGraph, providers } from "./index.ts";

const named = (name: string): Provider =>
  providers.find((provider) => provider.name === name) as Provider;

/** The identities of what a body tells, once it is decoded. */
const toldBy = (name: string, text: string): readonly EventIdentity[] => {
  const body = Buffer.from(text, "utf8");
  const { decodes: _, ...plain } = named(name);
  return identify({ provider: plain }, requestOf({ body }));
};

describe("a batch", () => {
  it.each(Object.entries(senderBatches))(
    "of %s tells an event for each item, of its own bytes",
    (name, batch) => {
      const text = batch.body(batch.items);
      const found = toldBy(name, text);
      expect(
        found.map(({ type, dedupe, occurredAt: at }) => ({
          type,
          dedupe,
          ...(at === undefined ? {} : { at }),
        })),
      ).toEqual(batch.told);
      const bytes = Buffer.from(text, "utf8");
      expect(found.map(({ range }) => bytes.toString("utf8", range?.start, range?.end))).toEqual(
        batch.items.map((item) => item.trim()),
      );
    },
  );

  it.each(Object.keys(senderBatches))("of %s may be empty, and tells nothing then", (name) => {
    const items = named(name).batch?.items[0] ?? "";
    const [list, element] = items.split("*", 1)[0]?.replace(/\.$/, "").split(".") ?? [];
    const inner = element ? `{"${element}":[]}` : "[]";
    expect(toldBy(name, list ? `{"${list}":${inner}}` : "[]")).toEqual([]);
  });

  it.each(Object.keys(senderBatches))("of %s that is none stays one event, whole", (name) => {
    for (const text of ['{"a":1}', '"x"', '{"data":7,"events":{},"value":null}', "not json"]) {
      const found = toldBy(name, text);
      expect([name, found.length, found[0]?.range]).toEqual([name, 1, undefined]);
    }
  });

  it("that is too long to be kept at once stays one event, so that nothing is lost", () => {
    const listOf = (count: number) => `[${Array(count).fill('{"sg_event_id":"1"}').join(",")}]`;
    expect(toldBy("sendgrid", listOf(4_000))).toHaveLength(4_000);
    expect(toldBy("sendgrid", listOf(4_001))).toHaveLength(1);
  });

  it("is tried for each sender that sends some", () => {
    const batching = providers.filter(({ batch }) => batch !== undefined).map(({ name }) => name);
    expect(Object.keys(senderBatches).sort()).toEqual(batching.sort());
  });

  it.each(Object.keys(senderBatches))("of %s never fails, whatever stands in it", (name) => {
    const { body } = senderBatches[name] as SenderBatch;
    const item = fc.jsonValue().map((value) => JSON.stringify(value));
    fc.assert(
      fc.property(fc.array(item, { maxLength: 5 }), (items) => {
        const text = Buffer.from(body(items), "utf8");
        const found = toldBy(name, body(items));
        expect(found).toHaveLength(items.length);
        for (const [at, { range, type }] of found.entries()) {
          expect(text.toString("utf8", range?.start, range?.end)).toBe(items[at]);
          expect(type).toMatch(/^\P{Cc}+$/u);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("of QuickBooks in its older form tells one event for each company", () => {
    const companies = ['{"realmId":"1","dataChangeEvent":{}}', '{"realmId":"2"}'];
    expect(toldBy("quickbooks", `{"eventNotifications":[${companies.join(",")}]}`)).toHaveLength(2);
  });

  it("takes a number beyond 2^53 for no id of its own, since it is not exact", () => {
    expect(toldBy("sendgrid", '[{"sg_event_id":9007199254740993}]')[0]?.dedupe.by).toBe(
      "id-and-content",
    );
  });
});

describe("items that are proven one by one", () => {
  const hex = "DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00";
  const cases = [
    { provider: adyen, secret: hex, other: "00ff", batch: "adyen" },
    { provider: msGraph, secret: "state", other: "else", batch: "ms-graph" },
  ];

  it.each(cases)(
    "of $batch refuse the whole request where one isn't",
    ({ provider, secret, other, batch }) => {
      const { body, items } = senderBatches[batch] as SenderBatch;
      const plain = Buffer.from(body(items), "utf8");
      const sign = (key: string) =>
        (
          provider.sign({ body: plain, secret: key, now: 0, options: {}, id: "1", type: "t" })
            .body ?? plain
        ).toString();
      const [good, foreign] = [JSON.parse(sign(secret)), JSON.parse(sign(other))];
      const list = batch === "adyen" ? "notificationItems" : "value";
      const verdict = (elements: unknown) =>
        judge(
          { provider },
          requestOf({ body: Buffer.from(JSON.stringify({ ...good, [list]: elements })) }),
          { secrets: [{ name: "A", value: secret }] },
        );
      expect(verdict(good[list])).toEqual({ kind: "authenticated", secret: "A" });
      const mixed = verdict([good[list][0], foreign[list][1]]);
      expect(mixed).toMatchObject({ detail: expect.stringMatching(/^item 1: /) });
      expect(verdict([])).toMatchObject({ code: "MISSING_SIGNATURE" });
      expect(verdict([good[list][0], {}]).kind).toBe("rejected");
      expect(verdict([good[list][0], null])).toMatchObject({ code: "INVALID_FORMAT" });
      expect(verdict("x")).toMatchObject({ code: "INVALID_FORMAT" });
    },
  );

  it("of Adyen are all that is covered: a field beside it may differ, a signed one not", () => {
    const plain = Buffer.from('{"pspReference":"P1","eventCode":"X","reason":"a"}');
    const signed = adyen.sign({
      body: plain,
      secret: hex,
      now: 0,
      options: {},
      id: "1",
      type: "t",
    });
    const changed = (from: string, to: string) =>
      judge(
        { provider: adyen },
        requestOf({ body: Buffer.from(String(signed.body).replace(from, to)) }),
        { secrets: [{ name: "A", value: hex }] },
      ).kind;
    expect(changed('"reason":"a"', '"reason":"b"')).toBe("authenticated");
    expect(changed('"P1"', '"P2"')).toBe("rejected");
  });
});
