/** Both ways against standardwebhooks and svix; v1a, which neither has, against node:crypto by the spec. */
import { generateKeyPairSync, sign, verify } from "node:crypto";
import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { rawHeadersFrom } from "../../src/kit/raw-headers.ts";
import { judge, requestOf } from "../../src/providers/conformance-requests.ts";
import { standardWebhooks } from "../../src/providers/standard-webhooks.ts";
import { svix } from "../../src/providers/svix.ts";

const now = 1_700_000_000_000;

/** Both packages read the clock themselves. */
beforeEach(() => {
  vi.useFakeTimers({ now, toFake: ["Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const secretText = fc
  .uint8Array({ minLength: 24, maxLength: 64 })
  .map((bytes) => `whsec_${Buffer.from(bytes).toString("base64")}`);
const idText = fc.stringMatching(/^msg_[A-Za-z0-9]{1,40}$/);

const kinds = [
  { title: "standardwebhooks", provider: standardWebhooks, sdk: Webhook, prefix: "webhook" },
  { title: "svix", provider: svix, sdk: SvixWebhook, prefix: "svix" },
  {
    title: "svix with the headers of the spec",
    provider: svix,
    sdk: SvixWebhook,
    prefix: "webhook",
  },
] as const;

const headersOf = (prefix: string, id: string, seconds: string, signature: string) => ({
  [`${prefix}-id`]: id,
  [`${prefix}-timestamp`]: seconds,
  [`${prefix}-signature`]: signature,
});

const accepts = (check: () => unknown): boolean => {
  try {
    check();
    return true;
  } catch {
    return false;
  }
};

describe.each(kinds)("against $title", ({ provider: one, sdk, prefix }) => {
  const provider = one;
  const ours = (headers: Record<string, string>, payload: string, secret: string) =>
    judge(
      { provider },
      requestOf({ headers: rawHeadersFrom(headers), body: Buffer.from(payload, "utf8") }),
      { secrets: [{ name: "A", value: secret }], now },
    );

  it("accepts what it signs, with and without whsec_, and refuses it changed", () => {
    fc.assert(
      fc.property(fc.json(), secretText, idText, (payload, secret, id) => {
        const signature = new sdk(secret).sign(id, new Date(now), payload);
        const headers = headersOf(prefix, id, String(now / 1000), signature);
        expect(ours(headers, payload, secret).kind).toBe("verified");
        expect(ours(headers, payload, secret.slice(6)).kind).toBe("verified");
        expect(ours(headers, `${payload} `, secret).kind).toBe("rejected");
        expect(ours({ ...headers, [`${prefix}-id`]: "msg_" }, payload, secret).kind).toBe(
          "rejected",
        );
      }),
    );
  });

  it("signs what it accepts", () => {
    fc.assert(
      fc.property(fc.json(), secretText, idText, (payload, secret, id) => {
        const body = Buffer.from(payload, "utf8");
        const { headers } = provider.sign({ body, secret, now, options: {}, id, type: "x" });
        expect(accepts(() => new sdk(secret).verify(payload, headers))).toBe(true);
        expect(accepts(() => new sdk(secret).verify(`${payload} `, headers))).toBe(false);
      }),
    );
  });

  it("draws the lines of past and future where it does", () => {
    const secret = `whsec_${Buffer.alloc(24, 1).toString("base64")}`;
    for (const offset of [-301, -300, 0, 300, 301]) {
      const at = now / 1000 + offset;
      const signature = new sdk(secret).sign("msg_1", new Date(at * 1000), "{}");
      const headers = headersOf(prefix, "msg_1", String(at), signature);
      expect(ours(headers, "{}", secret).kind === "verified").toBe(
        accepts(() => new sdk(secret).verify("{}", headers)),
      );
    }
  });
});

describe("v1a against node:crypto", () => {
  const provider = standardWebhooks;
  const seconds = String(now / 1000);
  const body = Buffer.from('{"type":"contact.created"}', "utf8");
  const content = Buffer.concat([Buffer.from(`msg_1.${seconds}.`), body]);

  it("accepts an ed25519 signature under the public key, and under no other", () => {
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    const raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
    const signature = `v1a,${sign(null, content, privateKey).toString("base64")}`;
    const request = requestOf({
      headers: rawHeadersFrom(headersOf("webhook", "msg_1", seconds, signature)),
      body,
    });
    const secretsOf = (bytes: Buffer) => [
      { name: "KEY", value: `whpk_${bytes.toString("base64")}` },
    ];
    expect(judge({ provider }, request, { secrets: secretsOf(raw), now })).toEqual({
      kind: "verified",
      secret: "KEY",
    });
    const other = generateKeyPairSync("ed25519").publicKey.export({ format: "der", type: "spki" });
    expect(
      judge({ provider }, request, { secrets: secretsOf(other.subarray(-32)), now }),
    ).toMatchObject({ code: "INVALID_SIGNATURE" });
    const tampered = { ...request, body: Buffer.from("{}") };
    expect(judge({ provider }, tampered, { secrets: secretsOf(raw), now }).kind).toBe("rejected");
  });

  it("signs by a seed of 32 bytes, or by seed and public key together", () => {
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    const seed = privateKey.export({ format: "der", type: "pkcs8" }).subarray(-32);
    const raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
    for (const bytes of [seed, Buffer.concat([seed, raw])]) {
      const secret = `whsk_${bytes.toString("base64")}`;
      const input = { body, secret, now, options: {}, id: "msg_1", type: "x" };
      const text = provider.sign(input).headers["webhook-signature"] as string;
      const signature = Buffer.from(text.slice("v1a,".length), "base64");
      expect(verify(null, content, publicKey, signature)).toBe(true);
    }
  });

  it("makes the signature that Svix's server makes of its published test key", () => {
    const secret =
      "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==";
    const { headers } = provider.sign({
      body: Buffer.from('{"test": 2432232314}'),
      secret,
      now: 1_614_265_330_000,
      options: {},
      id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
      type: "x",
    });
    expect(headers["webhook-signature"]).toBe(
      "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==",
    );
  });
});
