/** Nothing that arrives makes a provider throw, and nothing that was not signed is accepted. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Provider } from "../core/define.ts";
import type { KeyMaterial, Request } from "../core/types.ts";
import { parseJson } from "../kit/json-path.ts";
import { headerOf } from "../kit/raw-headers.ts";
import { identify, judge, now, requestOf, signedBy, url } from "./conformance-requests.ts";
import { github, hmac, paypal, shopify, square, standardWebhooks, stripe, svix } from "./index.ts";
import { contentOf, planOf } from "./schemes/hmac-plan.ts";
import type { HmacOptions } from "./schemes/hmac-settings.ts";

const whsec = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const runs = { numRuns: 1000 };

type Subject = {
  readonly title: string;
  readonly provider: Provider;
  readonly options?: unknown;
  readonly secret: string;
  readonly signingSecret?: string;
  readonly material?: KeyMaterial;
  /** What the signature is over, and the headers that it binds beside the body. */
  readonly signed: (request: Request) => string;
};

/** The body's bytes with the headers that the scheme signs. */
const over =
  (...names: readonly string[]) =>
  (request: Request): string =>
    JSON.stringify([
      request.body.toString("latin1"),
      ...names.map((name) => headerOf(request.headers, name)),
    ]);

const stripeTimestamp = (request: Request): string => {
  const header = headerOf(request.headers, "stripe-signature") ?? "";
  const entries = header.split(",").map((entry) => entry.trim());
  return over()(request) + entries.find((entry) => entry.startsWith("t="));
};

const options: readonly HmacOptions[] = [
  { header: "x-signature", prefix: "sha256=" },
  {
    query: "sig",
    encoding: "base64",
    timestamp: { query: "time", unit: "ms" },
    id: { header: "x-id" },
    content: [
      { header: "x-id" },
      { literal: "." },
      "timestamp",
      { literal: "." },
      "method",
      "body",
    ],
  },
  {
    field: "sig",
    encoding: "base64url",
    algorithm: "sha512",
    timestamp: { json: "at", unit: "rfc3339" },
    content: [
      { json: "type" },
      { literal: "|" },
      "timestamp",
      { literal: "|" },
      { json: "data.id" },
    ],
  },
];

function hmacSigned(one: HmacOptions): (request: Request) => string {
  return (request) => {
    const payload = (): unknown => parseJson(request.body);
    const content = contentOf(planOf(one), { ...request, url, payload });
    if ("missing" in content) return content.missing;
    return Buffer.concat(content.bytes.map((piece) => Buffer.from(piece as string))).toString(
      "latin1",
    );
  };
}

const certificateUrl = "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-sample";
const pem = (name: string): string =>
  readFileSync(new URL(`../../test/support/certificates/${name}.pem`, import.meta.url), "utf8");

const subjects: readonly Subject[] = [
  {
    title: "stripe",
    provider: stripe,
    secret: "whsec_a",
    signed: stripeTimestamp,
  },
  { title: "github", provider: github, secret: "a", signed: over() },
  { title: "shopify", provider: shopify, secret: "a", signed: over() },
  { title: "square", provider: square, secret: "a", signed: over() },
  {
    title: "paypal",
    provider: paypal,
    secret: "4JH86294D6297924G",
    signingSecret: `4JH86294D6297924G\n${pem("own-key")}`,
    material: {
      found: new Map([[certificateUrl, pem("paypal") + pem("intermediate")]]),
      roots: [pem("root")],
    },
    signed: over("paypal-transmission-id", "paypal-transmission-time"),
  },
  {
    title: "standard-webhooks",
    provider: standardWebhooks,
    secret: whsec,
    signed: over("webhook-id", "webhook-timestamp"),
  },
  {
    title: "standard-webhooks by ed25519",
    provider: standardWebhooks,
    secret: `whsk_${Buffer.alloc(32, 9).toString("base64")}`,
    signed: over("webhook-id", "webhook-timestamp"),
  },
  {
    title: "svix",
    provider: svix,
    secret: whsec,
    signed: over("svix-id", "svix-timestamp"),
  },
  ...options.map((one) => ({
    title: `hmac ${JSON.stringify(one)}`,
    provider: hmac,
    options: one,
    secret: "a",
    signed: hmacSigned(one),
  })),
];

/** Header names that the providers read, and others. */
const names = fc.oneof(
  fc.constantFrom(
    ...["Stripe-Signature", "X-Hub-Signature-256", "X-GitHub-Event", "X-GitHub-Delivery"],
    ...["X-Shopify-Hmac-Sha256", "Shopify-Hmac-Sha256", "X-Shopify-Topic", "Shopify-Topic"],
    ...["X-Shopify-Triggered-At", "Content-Type", "Idempotency-Key", "X-Signature", "X-Id"],
    ...["webhook-id", "webhook-timestamp", "webhook-signature"],
    ...["svix-id", "svix-timestamp", "svix-signature", "X-Square-HmacSha256-Signature"],
    ...["PayPal-Transmission-Sig", "PayPal-Transmission-Time", "PayPal-Transmission-Id"],
    ...["PayPal-Cert-Url", "PayPal-Auth-Algo"],
  ),
  fc.string(),
);
const scraps = fc.constantFrom(
  ...["t=1700000000", "v1=", "v1,", "v1a,", "v0=", ",", " ", "=", ".", "sha256=", "0", "\u0161"],
  ...["1700000000", "0".repeat(64), "A".repeat(43), `${"A".repeat(86)}==`, "application/json"],
  ...["SHA256withRSA", certificateUrl, `${"A".repeat(342)}==`],
  ...["2023-11-14T22:13:20Z", "application/x-www-form-urlencoded", "%", "+", "payload={}"],
);
const values = fc.oneof(
  fc.array(scraps, { maxLength: 8 }).map((parts) => parts.join("")),
  fc.string({ unit: "binary" }),
);
const headers = fc.array(fc.tuple(names, values), { maxLength: 12 }).map((pairs) => pairs.flat());
const bodies = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc.json().map((text) => Buffer.from(text, "utf8")),
  values.map((text) => Buffer.from(text, "utf8")),
);

const bodyOf = fc.record({
  type: fc.string(),
  data: fc.record({ id: fc.oneof(fc.string(), fc.integer()), more: fc.jsonValue() }),
});

/** One change in one place: of the body, of a header's value or name, or of the query. */
type Mutation = {
  readonly place: number;
  readonly at: number;
  readonly kind: "set" | "insert" | "drop" | "repeat";
  readonly text: string;
};

const mutations: fc.Arbitrary<Mutation> = fc.record({
  place: fc.nat(),
  at: fc.nat(),
  kind: fc.constantFrom("set", "insert", "drop", "repeat"),
  text: fc.oneof(
    fc.string({ minLength: 1, maxLength: 2, unit: "binary" }),
    scraps,
    fc.constantFrom("1", "a", "A"),
  ),
});

function changed(text: string, { at, kind, text: other }: Mutation): string {
  const spot = text.length === 0 ? 0 : at % text.length;
  const rest = {
    set: other,
    insert: other + text.charAt(spot),
    drop: "",
    repeat: text.charAt(spot).repeat(2),
  };
  return text.slice(0, spot) + rest[kind] + text.slice(spot + 1);
}

function mutated(request: Request, mutation: Mutation): Request {
  const place = mutation.place % (request.headers.length + 3);
  if (place < request.headers.length) {
    const spelled = request.headers.map((text, at) =>
      at === place ? changed(text, mutation) : text,
    );
    return { ...request, headers: spelled };
  }
  if (place === request.headers.length && request.query !== "") {
    return { ...request, query: changed(request.query, mutation) };
  }
  const body = Buffer.from(changed(request.body.toString("latin1"), mutation), "latin1");
  return { ...request, body };
}

describe.each(subjects)("$title", { timeout: 60_000 }, (one) => {
  const secrets = [{ name: "A", value: one.secret }];
  const signed = (body: Buffer): Request =>
    signedBy(
      { ...one, otherSecret: "", dated: true, place: { header: "" }, coversBody: true },
      body,
    );

  it("judges and names whatever arrives, without fail, and accepts none of it", () => {
    fc.assert(
      fc.property(headers, bodies, values, (list, body, query) => {
        const request = requestOf({ headers: list, body, query });
        const verdict = judge(one, request, { secrets, now });
        expect(verdict.kind).toBe("rejected");
        expect(identify(one, request).length).toBe(1);
      }),
      runs,
    );
  });

  it("names whatever was signed, without fail", () => {
    fc.assert(
      fc.property(bodyOf, bodies, (payload, body) => {
        const request = signed(Buffer.from(JSON.stringify(payload)));
        expect(judge(one, request, { secrets }).kind).not.toBe("rejected");
        expect(identify(one, { ...request, body }).length).toBe(1);
      }),
      { numRuns: 300 },
    );
  });

  it("accepts a signed request with one change only where nothing signed has changed", () => {
    let refused = 0;
    fc.assert(
      fc.property(bodyOf, mutations, (payload, mutation) => {
        const request = signed(Buffer.from(JSON.stringify(payload)));
        const other = mutated(request, mutation);
        const verdict = judge(one, other, { secrets });
        if (verdict.kind === "rejected") refused += 1;
        else expect(one.signed(other)).toBe(one.signed(request));
        expect(identify(one, other).length).toBe(1);
      }),
      { numRuns: 2500 },
    );
    expect(refused).toBeGreaterThan(500);
  });

  it("accepts nothing signed with another secret", () => {
    fc.assert(
      fc.property(bodyOf, fc.string(), (payload, other) => {
        fc.pre(other !== one.secret);
        const request = signed(Buffer.from(JSON.stringify(payload)));
        const verdict = judge(one, request, { secrets: [{ name: "B", value: other }] });
        expect(verdict.kind).toBe("rejected");
      }),
      { numRuns: 500 },
    );
  });
});
