/** What a forger may try with a certificate, an address of one, or the question to PayPal. */
import { createPublicKey, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { crc32 } from "node:zlib";
import { describe, expect, it } from "vitest";
import { secret } from "../core/define.ts";
import type { KeyAsk, Verdict, VerifyInput } from "../core/types.ts";
import { rawHeadersFrom } from "../kit/raw-headers.ts";
import { now, requestOf } from "./conformance-requests.ts";
import { type PaypalOptions, paypal } from "./paypal.ts";

const pem = (name: string): string =>
  readFileSync(new URL(`../../test/support/certificates/${name}.pem`, import.meta.url), "utf8");
const key = pem("own-key");
const roots = [pem("root")];
const webhookId = "4JH86294D6297924G";
const certificateUrl = "https://api.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594";
const body = Buffer.from(
  '{"id":"WH-1","event_type":"X","amount":20.00,"big":12345678901234567890}',
);
const time = new Date(now).toISOString();

type Forgery = {
  readonly body?: Buffer;
  readonly signed?: string;
  readonly algorithm?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly certificate?: string;
  readonly now?: number;
  readonly secrets?: readonly string[];
  readonly options?: PaypalOptions;
};

function inputOf(forgery: Forgery): VerifyInput<PaypalOptions> {
  const signed = forgery.signed ?? `tx-1|${time}|${webhookId}|${crc32(body)}`;
  const signature = sign(forgery.algorithm ?? "RSA-SHA256", Buffer.from(signed), key);
  const headers = {
    "Paypal-Transmission-Id": "tx-1",
    "Paypal-Transmission-Time": time,
    "Paypal-Transmission-Sig": signature.toString("base64"),
    "Paypal-Auth-Algo": "SHA256withRSA",
    "Paypal-Cert-Url": certificateUrl,
    ...forgery.headers,
  };
  const chain = forgery.certificate ?? pem("paypal") + pem("intermediate");
  return {
    request: requestOf({ body: forgery.body ?? body, headers: rawHeadersFrom(headers) }),
    secrets: (forgery.secrets ?? [webhookId]).map((value, at) => ({ name: `ID_${at}`, value })),
    now: forgery.now ?? now,
    toleranceSeconds: 300,
    options: forgery.options ?? {},
    material: { found: new Map([[headers["Paypal-Cert-Url"], chain]]), roots },
  };
}

const judge = (forgery: Forgery): Verdict => paypal.verify(inputOf(forgery));
const asks = (forgery: Forgery): readonly KeyAsk[] => paypal.material?.(inputOf(forgery)) ?? [];

describe("the signed text", () => {
  it("is what PayPal documents, made here without our sign", () => {
    expect(judge({})).toEqual({ kind: "verified", secret: "ID_0" });
    expect(asks({})).toEqual([{ kind: "certificate", name: certificateUrl, url: certificateUrl }]);
  });

  it("holds the checksum as an unsigned decimal", () => {
    // Above 2^31, where a signed number would be negative; the check value of CRC-32 is published.
    const large = Buffer.from("123456789");
    expect(crc32(large)).toBe(3_421_780_262);
    const signed = `tx-1|${time}|${webhookId}|3421780262`;
    expect(judge({ body: large, signed }).kind).toBe("verified");
    const negative = `tx-1|${time}|${webhookId}|${3_421_780_262 - 2 ** 32}`;
    expect(judge({ body: large, signed: negative })).toMatchObject({ code: "INVALID_SIGNATURE" });
  });

  it("is over the body as sent: the same JSON written anew does not fit", () => {
    const anew = Buffer.from(JSON.stringify(JSON.parse(body.toString())));
    expect(anew.equals(body)).toBe(false);
    expect(judge({ body: anew })).toMatchObject({ code: "INVALID_SIGNATURE" });
  });

  it("binds the webhook's id, of which several may be live", () => {
    expect(judge({ secrets: ["OTHER1", webhookId] })).toEqual({ kind: "verified", secret: "ID_1" });
    expect(judge({ secrets: ["OTHER1"] })).toMatchObject({ code: "INVALID_SIGNATURE" });
    const simulated = `tx-1|${time}|WEBHOOK_ID|${crc32(body)}`;
    expect(judge({ signed: simulated })).toMatchObject({ code: "INVALID_SIGNATURE" });
    expect(judge({ signed: simulated, secrets: ["WEBHOOK_ID"] }).kind).toBe("verified");
  });
});

describe("the algorithm", () => {
  it.each(["SHA1withRSA", "SHA256withRSA ", "sha256withrsa", "SHA256withECDSA", "none", ""])(
    "%j is refused before anything is fetched",
    (given) => {
      const forgery = { headers: { "Paypal-Auth-Algo": given } };
      expect(judge(forgery)).toMatchObject({ code: "INVALID_FORMAT" });
      expect(asks(forgery)).toEqual([]);
    },
  );

  it("is the one that verifies, whatever signed", () => {
    expect(judge({ algorithm: "RSA-SHA1" })).toMatchObject({ code: "INVALID_SIGNATURE" });
  });
});

describe("the certificate's address", () => {
  it.each([
    "https://evil.example/v1/notifications/certs/CERT-1",
    "http://api.paypal.com/v1/notifications/certs/CERT-1",
    "https://api.paypal.com.evil.example/v1/notifications/certs/CERT-1",
    "https://api.paypal.com@evil.example/v1/notifications/certs/CERT-1",
    "https://evil.example\\@api.paypal.com/v1/notifications/certs/CERT-1",
    "https://user:pass@api.paypal.com/v1/notifications/certs/CERT-1",
    "https://api.paypal.com:8443/v1/notifications/certs/CERT-1",
    "https://api.paypal.com:443/v1/notifications/certs/CERT-1",
    "https://api.paypal.com/v1/notifications/certs/../../../evil",
    "https://api.paypal.com/v1/notifications/certs/%2e%2e/evil",
    "https://api.paypal.com/v1/notifications/certs/..",
    "https://api.paypal.com/v1/notifications/certs/",
    "https://api.paypal.com/v1/notifications/certs/a/b",
    "https://api.paypal.com/v1/notifications/certs/CERT-1?x=1",
    "https://api.paypal.com/v1/notifications/certs/CERT-1#x",
    "https://api.paypal.com/v1/notifications/certs/CERT-1\n",
    " https://api.paypal.com/v1/notifications/certs/CERT-1",
    "https://www.paypal.com/v1/notifications/certs/CERT-1",
    "https://apiXpaypal.com/v1/notifications/certs/CERT-1",
    "HTTPS://API.PAYPAL.COM/v1/notifications/certs/CERT-1",
    "//api.paypal.com/v1/notifications/certs/CERT-1",
    "",
  ])("%j is refused, and nothing is fetched", (given) => {
    const forgery = { headers: { "Paypal-Cert-Url": given } };
    expect(judge(forgery)).toMatchObject({ code: "INVALID_FORMAT" });
    expect(asks(forgery)).toEqual([]);
  });

  it("is asked for in the sandbox too", () => {
    const url = "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594";
    const forgery = { headers: { "Paypal-Cert-Url": url } };
    expect(judge(forgery).kind).toBe("verified");
    expect(asks(forgery)).toEqual([{ kind: "certificate", name: url, url }]);
  });
});

describe("the certificate", () => {
  it.each([
    ["signed by itself", pem("self-signed")],
    ["signed by itself, with an authority beside it", pem("self-signed") + pem("intermediate")],
    ["without the authority that issued it", pem("paypal")],
    ["for another name", pem("other-name") + pem("intermediate")],
    ["for another name but in its common name", pem("common-name-only") + pem("intermediate")],
    ["expired", pem("expired") + pem("intermediate")],
    [
      "issued by one that may not issue",
      pem("by-no-authority") + pem("paypal") + pem("intermediate"),
    ],
    ["an authority's own", pem("intermediate")],
    ["behind another's", pem("other-name") + pem("paypal") + pem("intermediate")],
    ["nothing", "not a certificate"],
    ["spoilt", pem("paypal").replace(/[A-Z]{4}/, "AAAA") + pem("intermediate")],
  ])("%s is refused", (_, certificate) => {
    expect(judge({ certificate })).toMatchObject({ code: "VERIFICATION_FAILED" });
  });

  it("is judged as of the time that is given: a release is, as of its request's arrival", () => {
    const certificate = pem("expired") + pem("intermediate");
    const at = Date.parse("2020-06-01T00:00:00Z");
    const then = new Date(at).toISOString();
    const signed = `tx-1|${then}|${webhookId}|${crc32(body)}`;
    const forgery = { certificate, signed, headers: { "Paypal-Transmission-Time": then } };
    expect(judge({ ...forgery, now: at }).kind).toBe("verified");
    const early = Date.parse("2019-06-01T00:00:00Z");
    const before = new Date(early).toISOString();
    const headers = { "Paypal-Transmission-Time": before };
    expect(judge({ ...forgery, headers, now: early })).toMatchObject({
      code: "VERIFICATION_FAILED",
      detail: "the certificate is not valid yet",
    });
  });

  it("proves nothing to who trusts another root", () => {
    const input = inputOf({});
    const found = input.material?.found ?? new Map();
    const material = { found, roots: [pem("self-signed")] };
    expect(paypal.verify({ ...input, material })).toMatchObject({ code: "VERIFICATION_FAILED" });
    expect(createPublicKey(key).asymmetricKeyType).toBe("rsa");
  });

  it("that was not fetched proves nothing", () => {
    const { material: _, ...input } = inputOf({});
    expect(paypal.verify(input)).toMatchObject({ code: "VERIFICATION_FAILED" });
  });
});

describe("the postback", () => {
  const options: PaypalOptions = {
    verify: "postback",
    clientId: secret("PAYPAL_CLIENT_ID"),
    clientSecret: secret("PAYPAL_CLIENT_SECRET"),
  };

  it("holds the body byte for byte, and one question for each live id", () => {
    const made = asks({ options, secrets: [webhookId, "9XL90610J3647323C"] });
    expect(made.map(({ name }) => name)).toEqual(["postback ID_0", "postback ID_1"]);
    const [first] = made;
    if (first?.kind !== "judgement") throw new Error("not a judgement");
    expect(first.url).toBe("https://api-m.paypal.com/v1/notifications/verify-webhook-signature");
    expect(first.token.url).toBe("https://api-m.paypal.com/v1/oauth2/token");
    expect(first.body.includes(body)).toBe(true);
    const question = JSON.parse(first.body.toString());
    expect(question).toMatchObject({
      auth_algo: "SHA256withRSA",
      cert_url: certificateUrl,
      transmission_id: "tx-1",
      transmission_time: time,
      webhook_id: webhookId,
      webhook_event: JSON.parse(body.toString()),
    });
  });

  it("goes to the sandbox where that is set", () => {
    const [ask] = asks({ options: { ...options, environment: "sandbox" } });
    expect(ask?.url).toMatch(/^https:\/\/api-m\.sandbox\.paypal\.com\//);
  });

  it.each(['{},"webhook_id":"OTHER"', '{}}{"webhook_event":{}', "", "{}{}", "{} x"])(
    "asks nothing about the body %j, which would change the question",
    (text) => {
      const forgery = { options, body: Buffer.from(text) };
      expect(asks(forgery)).toEqual([]);
      expect(judge(forgery)).toMatchObject({ code: "INVALID_FORMAT" });
    },
  );

  it.each([
    ['{"verification_status":"SUCCESS"}', "verified"],
    ['{"verification_status":"FAILURE"}', "rejected"],
    ['{"verification_status":"success"}', "rejected"],
    ["[]", "rejected"],
    ["nonsense", "rejected"],
  ])("believes the answer %j", (answer, kind) => {
    const found = new Map([["postback ID_0", answer]]);
    const verdict = paypal.verify({ ...inputOf({ options }), material: { found, roots } });
    expect(verdict.kind).toBe(kind);
  });

  it("can't be set without the application's credentials", () => {
    const missing = paypal.conflicts?.({ verify: "postback" }) ?? [];
    expect(missing.map(({ option }) => option)).toEqual(["clientId", "clientSecret"]);
    expect(paypal.conflicts?.(options)).toEqual([]);
  });
});

it("signs for nobody without a key, and says what to do instead", () => {
  const input = { body, secret: webhookId, now, options: {}, id: "tx-1", type: "X" };
  expect(() => paypal.sign(input)).toThrow(/simulator|unsigned: true/);
});
