/** The generic HMAC over its options: the suite, a matrix of them, and what they say of an event. */
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { defineGateway, secret } from "../core/define.ts";
import { judgeGateway } from "../core/judge-gateway.ts";
import { describeProvider } from "./conformance.ts";
import {
  type Case,
  identify,
  judge,
  now,
  requestOf,
  secretsOf,
  signedBy,
} from "./conformance-requests.ts";
import { hmac } from "./index.ts";
import type { HmacOptions } from "./schemes/hmac-settings.ts";

const hmacCase = (title: string, options: HmacOptions, rest: Partial<Case> = {}): Case => ({
  title: `hmac ${title}`,
  provider: hmac,
  options,
  secret: "s3cret",
  otherSecret: "an0ther",
  dated: options.timestamp !== undefined,
  place: { header: "x-signature" },
  coversBody: true,
  ...rest,
});

const hmacCases: readonly Case[] = [
  hmacCase("by a header, with nothing else said", { header: "X-Signature" }),
  hmacCase("with a prefix", { header: "X-Signature", prefix: "sha256=" }),
  hmacCase("with timestamp and id beside the body", {
    header: "x-signature",
    id: { header: "X-Id" },
    timestamp: { header: "X-Time" },
    content: [{ header: "x-id" }, { literal: "." }, "timestamp", { literal: "." }, "body"],
  }),
  hmacCase(
    "in the query",
    { query: "sig", encoding: "base64", content: ["method", "path", "body"] },
    { place: { query: "sig" } },
  ),
  hmacCase(
    "in a field",
    {
      field: "signature",
      encoding: "base64url",
      timestamp: { json: "sent", unit: "rfc3339" },
      content: [{ json: "type" }, { literal: ":" }, { json: "data.id" }, "timestamp"],
    },
    { place: { field: "signature" }, coversBody: false },
  ),
];

for (const one of hmacCases) describeProvider(one);

const placements = [
  { options: { header: "X-Sig" }, coversBody: true },
  { options: { query: "sig" }, coversBody: true },
  { options: { field: "sig" }, coversBody: false },
] as const;
const algorithms = ["sha1", "sha256", "sha384", "sha512"] as const;
const encodings = ["hex", "base64", "base64url"] as const;
const instants = [
  undefined,
  { header: "X-Time" },
  { query: "time", unit: "ms" },
  { json: "sent.at", unit: "rfc3339" },
] as const;

/** Every combination of one value of each list. */
function combinations<A, B, C, D>(
  as: readonly A[],
  bs: readonly B[],
  cs: readonly C[],
  ds: readonly D[],
): [A, B, C, D][] {
  return as.flatMap((a) =>
    bs.flatMap((b) => cs.flatMap((c) => ds.map((d): [A, B, C, D] => [a, b, c, d]))),
  );
}

const forms = algorithms.flatMap((algorithm) =>
  encodings.map((encoding) => ({ algorithm, encoding })),
);
const keys = ["utf8", "hex", "base64", "whsec"] as const;

const matrix = combinations(placements, forms, keys, instants).map(
  ([{ options: placement, coversBody }, form, key, timestamp]) => {
    const options: HmacOptions = {
      ...placement,
      ...form,
      key,
      hexCase: timestamp ? "any" : "upper",
      prefix: timestamp ? "" : "v1=",
      content: [
        ...(timestamp ? (["timestamp", { literal: "." }] as const) : []),
        "url",
        "method",
        "path",
        { query: "tenant" },
        { header: "Content-Type" },
        ...(coversBody ? (["body", { hash: "sha256" }] as const) : [{ json: "type" }]),
      ],
      ...(timestamp ? { timestamp } : {}),
    };
    const [secret, otherSecret] = secretsOf[key];
    const title = JSON.stringify([Object.keys(placement)[0], form, key, timestamp]);
    return { title, one: hmacCase(title, options, { secret, otherSecret, coversBody }) };
  },
);

describe("hmac over its options", () => {
  it.each(matrix)("accepts what it signed and nothing else: $title", ({ one }) => {
    const request = signedBy(one);
    const signedFor = (secret: string) => [{ name: "A", value: secret }];
    const secrets = signedFor(one.secret);
    const kind = one.coversBody ? "verified" : "authenticated";
    expect(judge(one, request, { secrets })).toEqual({ kind, secret: "A" });
    expect(judge(one, request, { secrets: signedFor(one.otherSecret) })).toMatchObject({
      code: "INVALID_SIGNATURE",
    });
    const otherMethod = { ...request, method: "PUT" };
    expect(judge(one, otherMethod, { secrets }).kind).toBe("rejected");
    expect(judge(one, request, { secrets, url: "https://x.example/" }).kind).toBe("rejected");
    if (one.dated) {
      expect(judge(one, request, { secrets, now: now + 302_000 })).toMatchObject({
        code: "TIMESTAMP_TOO_OLD",
      });
    }
  });

  it("judges upper and lower case of hex by its policy", () => {
    const verdict = (hexCase: "any" | "lower" | "upper", change: (text: string) => string) => {
      const one = hmacCase("", { header: "x-signature", hexCase });
      const lower = signedBy(hmacCase("", { header: "x-signature" }));
      const headers = lower.headers.map((text, at) =>
        lower.headers[at - 1] === "x-signature" ? change(text) : text,
      );
      const secrets = [{ name: "A", value: "s3cret" }];
      return judge(one, { ...lower, headers }, { secrets }).kind;
    };
    const upper = (text: string) => text.toUpperCase();
    const lower = (text: string) => text;
    expect([verdict("any", upper), verdict("any", lower)]).toEqual(["verified", "verified"]);
    expect([verdict("lower", upper), verdict("lower", lower)]).toEqual(["rejected", "verified"]);
    expect([verdict("upper", upper), verdict("upper", lower)]).toEqual(["verified", "rejected"]);
  });

  it("takes base64 without its padding, and with a plus sign that a query turned into a space", () => {
    const secrets = [{ name: "A", value: "s3cret" }];
    const options: HmacOptions = { query: "sig", encoding: "base64" };
    let plus = 0;
    for (let number = 0; number < 50; number += 1) {
      const one = hmacCase("", options);
      const request = signedBy(one, Buffer.from(String(number)));
      const value = new URLSearchParams(request.query).get("sig") as string;
      if (value.includes("+")) plus += 1;
      const raw = { ...request, query: `sig=${value.replace("=", "")}` };
      expect(judge(one, raw, { secrets }).kind).toBe("verified");
    }
    expect(plus).toBeGreaterThan(0);
  });

  it("refuses when the content asks for what the request lacks", () => {
    const one = hmacCase("", { header: "x-signature", content: ["url", "body"] });
    const request = signedBy(one);
    const secrets = [{ name: "A", value: "s3cret" }];
    const { provider, options } = one;
    const verdict = provider.verify({ request, secrets, now, toleranceSeconds: 300, options });
    expect(verdict).toMatchObject({ code: "INVALID_FORMAT" });
  });

  it("says that a secret is not in the form its key option names", () => {
    const one = hmacCase("", { header: "x-signature", key: "hex" }, { secret: "00ff" });
    const secrets = [{ name: "BAD", value: "00f" }];
    expect(judge(one, signedBy(one), { secrets })).toMatchObject({ code: "VERIFICATION_FAILED" });
  });
});

describe("what hmac takes as an event's name and id", () => {
  const request = requestOf({
    headers: ["X-Id", "h_1", "X-Type", "made", "Idempotency-Key", "k_1"],
    query: "id=q_1",
    body: Buffer.from('{"id":"b_1","type":"thing.made","n":9007199254740993,"at":1700000000}'),
  });
  const named = (options: HmacOptions, over = {}) =>
    identify({ provider: hmac, options }, { ...request, ...over })[0];
  const header = "x-signature";

  it("never guesses that the body's id is the event's", () => {
    expect(named({ header }, { headers: [] })).toEqual({
      type: "thing.made",
      dedupe: { by: "content" },
    });
  });

  it("lets Idempotency-Key count only together with the content, since nothing signs it", () => {
    expect(named({ header })).toMatchObject({
      id: "k_1",
      dedupe: { by: "id-and-content", id: "k_1" },
    });
  });

  it("lets a signed id count alone", () => {
    expect(named({ header, id: { json: "id" } })?.dedupe).toEqual({ by: "id", id: "b_1" });
    const content = [{ header: "X-Id" }, { literal: "." }, "body"] as const;
    const options = { header, id: { header: "x-id" }, content: [...content] };
    expect(named(options)?.dedupe).toEqual({ by: "id", id: "h_1" });
  });

  it("lets an id that could be cut elsewhere count only together with the content", () => {
    const touching: HmacOptions = {
      header,
      id: { header: "x-id" },
      content: [{ header: "X-Id" }, "body"],
    };
    expect(named(touching)?.dedupe).toEqual({ by: "id-and-content", id: "h_1" });
    const dotted: HmacOptions = {
      ...touching,
      content: [{ header: "X-Id" }, { literal: "_" }, "body"],
    };
    expect(named(dotted)?.dedupe).toEqual({ by: "id-and-content", id: "h_1" });
  });

  it("lets a number beyond 2^53 count only together with the content, since it is not exact", () => {
    expect(named({ header, id: { json: "n" } })?.dedupe.by).toBe("id-and-content");
  });

  it("lets ids in an unsigned header or query count only together with the content", () => {
    expect(named({ header, id: { header: "x-id" } })?.dedupe.by).toBe("id-and-content");
    expect(named({ header, id: { query: "id" } })?.dedupe).toEqual({
      by: "id-and-content",
      id: "q_1",
    });
    expect(named({ header, id: { header: "x-none" } })?.dedupe).toEqual({ by: "content" });
  });

  it("reads type and time from where it is told", () => {
    const options: HmacOptions = { header, type: { header: "X-Type" }, time: { json: "at" } };
    expect(named(options)).toMatchObject({ type: "made", occurredAt: now });
    expect(named({ header, type: { header: "x-none" } })?.type).toBe("unknown");
  });
});

describe("options of hmac", () => {
  const conflictsOf = (options: unknown) =>
    hmac.conflicts?.(options as HmacOptions).map((conflict) => conflict.option);

  it.each([
    [{}, ["header"]],
    [{ header: "a", query: "b" }, ["header"]],
    [{ field: "sig" }, ["content"]],
    [{ field: "sig", content: [{ hash: "sha256" }] }, ["content"]],
    [{ field: "sig", content: [{ json: "sig" }] }, ["content"]],
    [{ header: "x-a", content: [{ header: "X-A" }, "body"] }, ["content"]],
    [{ header: "a", content: ["timestamp", "body"] }, ["timestamp"]],
    [{ header: "a", timestamp: { header: "t" } }, ["content"]],
    [{ header: "a", content: [{ literal: "x" }, "method"] }, ["content"]],
    [{ header: "a" }, []],
    [{ header: "a", timestamp: { json: "t" } }, []],
    [{ header: "a", timestamp: { header: "T" }, content: [{ header: "t" }, "body"] }, []],
    [{ field: "sig", content: [{ json: "data" }] }, []],
  ])("that do not go together are named: %j", (options, expected) => {
    expect(conflictsOf(options)).toEqual(expected);
  });

  it("that do not go together make verify refuse everything, were they never judged", () => {
    const one = {
      provider: hmac,
      options: { header: "a", timestamp: { header: "t" } },
    };
    const signed = signedBy(hmacCase("", { header: "a" }));
    const secrets = [{ name: "A", value: "s3cret" }];
    expect(judge(one, signed, { secrets })).toMatchObject({ code: "VERIFICATION_FAILED" });
  });

  it("are judged one by one by their schema", () => {
    const schema = z.strictObject(hmac.settings as z.ZodRawShape);
    expect(
      schema.safeParse({ header: "a", content: ["timestamp", { literal: "." }] }).success,
    ).toBe(true);
    for (const wrong of [
      { header: "a b" },
      { field: "a.__proto__.b" },
      { field: "a..b" },
      { header: "a", content: [] },
      { header: "a", content: ["."] },
      { header: "a", content: [{ header: "a", query: "b" }] },
      { header: "a", algorithm: "md5" },
      { header: "a", timestamp: { header: "t", unit: "h" } },
      { header: "a", colour: "red" },
    ]) {
      expect(schema.safeParse(wrong).success).toBe(false);
    }
  });

  it("pass the judgement of a gateway", () => {
    const judged = judgeGateway(
      defineGateway({
        sources: {
          shop: hmac({
            path: "/webhook",
            header: "x-signature",
            type: { header: "x-event-type" },
            secrets: [secret("SIGNING_SECRET")],
          }),
        },
        destinations: {},
        routes: [],
      }),
    );
    expect(judged.kind).toBe("gateway");
  });
});
