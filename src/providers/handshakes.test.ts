/** What may never come of a handshake: a signature over an event, an answer that isn't the sender's, a fault. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Provider } from "../core/define.ts";
import type { Handshake, Request, VerifyInput } from "../core/types.ts";
import { rawHeadersFrom } from "../kit/raw-headers.ts";
import { judge, now, requestOf, url } from "./conformance-requests.ts";
import { braintree, linkedin, providers, x, zoom } from "./index.ts";

const secrets = [{ name: "A", value: "the-one-key-of-both" }];

type Oracle = {
  readonly provider: Provider;
  readonly options?: object;
  /** A request that asks for the signature of a text; undefined where none can. */
  readonly ask: (text: string) => Request;
  /** The signature in an answer. */
  readonly signatureIn: (answer: string) => string;
  /** Events that would carry a signature over a text. */
  readonly events: (text: string, signature: string) => readonly Request[];
};

const get = (name: string, text: string): Request =>
  requestOf({ method: "GET", query: String(new URLSearchParams({ [name]: text })) });

const oracles: readonly Oracle[] = [
  {
    provider: x,
    ask: (text) => get("crc_token", text),
    signatureIn: (answer) => (JSON.parse(answer) as { response_token: string }).response_token,
    events: (text, signature) => [
      requestOf({
        headers: ["x-twitter-webhooks-signature", signature],
        body: Buffer.from(text),
      }),
    ],
  },
  {
    provider: zoom,
    // The attacker has recorded a request that Zoom signed, and can have its token answered again.
    ask: (text) => zoomSigned({ event: "endpoint.url_validation", payload: { plainToken: text } }),
    signatureIn: (answer) => (JSON.parse(answer) as { encryptedToken: string }).encryptedToken,
    events: (text, signature) => [
      ...Array.from(text.matchAll(/^v0:(\d+):(.*)$/gs), ([, at = "", body = ""]) =>
        zoomEvent(at, body, signature),
      ),
      zoomEvent(String(now / 1000), text, signature),
      zoomEvent("", text, signature),
    ],
  },
  {
    provider: braintree,
    options: { publicKey: "pub" },
    ask: (text) => get("bt_challenge", text),
    signatureIn: (answer) => answer.slice("pub|".length),
    events: (text, signature) =>
      [text, `${text}\n`, text.trimEnd()].map((payload) =>
        requestOf({
          headers: ["content-type", "application/x-www-form-urlencoded"],
          body: Buffer.from(
            String(new URLSearchParams({ bt_signature: `pub|${signature}`, bt_payload: payload })),
          ),
        }),
      ),
  },
  {
    provider: linkedin,
    ask: (text) => get("challengeCode", text),
    signatureIn: (answer) =>
      (JSON.parse(answer) as { challengeResponse: string }).challengeResponse,
    events: (text, signature) =>
      [text, text.replace(/^hmacsha256=/, "")].map((body) =>
        requestOf({ headers: ["X-LI-Signature", signature], body: Buffer.from(body) }),
      ),
  },
];

function zoomSigned(payload: object): Request {
  const { sign } = zoom;
  const body = Buffer.from(JSON.stringify(payload));
  const signed = sign({
    body,
    secret: secrets[0]?.value ?? "",
    now,
    options: {},
    id: "1",
    type: "x",
  });
  return requestOf({ headers: rawHeadersFrom(signed.headers), body });
}

function zoomEvent(at: string, body: string, signature: string): Request {
  return requestOf({
    headers: ["x-zm-signature", `v0=${signature}`, "x-zm-request-timestamp", at],
    body: Buffer.from(body),
  });
}

function greet(
  { provider, options = {} }: Pick<Oracle, "provider" | "options">,
  request: Request,
): ReturnType<NonNullable<Provider["handshake"]>> {
  const input: VerifyInput = { request, secrets, now, toleranceSeconds: 300, options, url };
  const isPost = request.method === "POST";
  const unproven = { kind: "rejected", code: "MISSING_SIGNATURE", detail: "" } as const;
  return provider.handshake?.(input, isPost ? provider.verify(input) : unproven);
}

const isAnswer = (met: ReturnType<typeof greet>): met is Handshake => met?.kind === "handshake";

/** Texts that events are made of, and texts that challenges are made of. */
const texts = fc.oneof(
  fc.string({ maxLength: 200 }),
  fc.json(),
  fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: 18, maxLength: 34 }),
  fc.string({ unit: fc.constantFrom(..."aZ09_-="), minLength: 1, maxLength: 130 }),
  fc.json().map((body) => `v0:${now / 1000}:${body}`),
  fc.json().map((body) => `hmacsha256=${body}`),
  fc.json().map((body) => Buffer.from(body).toString("base64")),
  fc.constantFrom("0", "123", "true", "null", "12345678901234567890", "{}", "[]", '"a"'),
);

describe.each(oracles)("the key of $provider.name", (oracle) => {
  it("never signs by a handshake what it then takes for an event", () => {
    let signed = 0;
    fc.assert(
      fc.property(texts, (text) => {
        const met = greet(oracle, oracle.ask(text));
        if (!isAnswer(met)) return;
        signed += 1;
        const signature = oracle.signatureIn(met.answer.body);
        for (const event of oracle.events(text, signature)) {
          expect(judge(oracle, event, { secrets }).kind).toBe("rejected");
        }
      }),
      { numRuns: 3_000 },
    );
    // Else nothing was tried.
    expect(signed).toBeGreaterThan(100);
  });

  it("never signs what begins as an event does", () => {
    const { provider } = oracle;
    const bodies = ['{"type":"x"}', "[1]", `v0:${now / 1000}:{"event":"x"}`, "hmacsha256={}"];
    const payload = Buffer.from("<notification><kind>check</kind></notification>");
    for (const text of [...bodies, `${payload.toString("base64")}\n`]) {
      const met = greet({ provider, options: oracle.options ?? {} }, oracle.ask(text));
      expect(met === undefined || met.kind === "rejected").toBe(true);
    }
  });
});

it("Zoom's challenge is answered to nobody but Zoom", () => {
  const asked = zoomSigned({ event: "endpoint.url_validation", payload: { plainToken: "abc" } });
  const oracle = { provider: zoom };
  expect(isAnswer(greet(oracle, asked))).toBe(true);
  expect(greet(oracle, { ...asked, headers: [] })).toBeUndefined();
});

describe("every provider's handshakes", () => {
  const greeting = providers.filter(({ handshake }) => handshake !== undefined);

  it("are there in words, each", () => {
    expect(greeting.length).toBeGreaterThan(15);
    for (const { handshakeWords = [] } of greeting)
      expect(handshakeWords.length).toBeGreaterThan(0);
  });

  it("stay silent for what is no handshake, and never fault", () => {
    const requests = fc.record({
      method: fc.constantFrom("GET", "POST", "HEAD", "OPTIONS"),
      query: fc.oneof(
        fc.string({ maxLength: 60 }),
        fc
          .tuple(
            fc.constantFrom("challenge", "crc_token", "hub.challenge", "validationToken", "x"),
            fc.string(),
          )
          .map(([name, value]) => String(new URLSearchParams({ [name]: value }))),
      ),
      headers: fc
        .tuple(
          fc.constantFrom(
            "X-Hook-Secret",
            "X-Okta-Verification-Challenge",
            "WebHook-Request-Origin",
          ),
          fc.string(),
        )
        .map((pair) => [...pair]),
      body: fc.oneof(fc.json(), fc.string()).map((text) => Buffer.from(text)),
    });
    fc.assert(
      fc.property(requests, fc.constantFrom(...greeting), (parts, provider) => {
        const met = greet({ provider }, requestOf(parts));
        if (!isAnswer(met)) return;
        expect(["GET", "HEAD", "OPTIONS"].filter((one) => one === parts.method)).toEqual(
          parts.method === "POST"
            ? []
            : [parts.method].filter((one) => provider.methods?.some((m) => m === one)),
        );
        for (const value of Object.values(met.answer.headers ?? {})) {
          expect(value).toMatch(/^[\x20-\x7e]*$/);
        }
        expect(met.answer.contentType ?? "").not.toContain("html");
      }),
      { numRuns: 2_000 },
    );
  });

  it("take no body that is larger than a handshake's", () => {
    const padding = " ".repeat(70_000);
    const body = Buffer.from(`{"verification_token":"secret_${"a".repeat(40)}"${padding}}`);
    const notion = greeting.find(({ name }) => name === "notion") as Provider;
    const learning = { provider: notion, options: { learn: true } };
    expect(greet(learning, requestOf({ body }))).toBeUndefined();
    const small = requestOf({ body: Buffer.from(body.toString().replace(padding, "")) });
    expect(greet(learning, small)).toMatchObject({ learned: `secret_${"a".repeat(40)}` });
  });
});
