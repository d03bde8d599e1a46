/** What is particular of declared providers: repeats that must not swallow an event, and forms of their own. */
import { createHmac, generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { Provider } from "../core/define.ts";
import type { Request } from "../core/types.ts";
import { rawHeadersFrom } from "../kit/raw-headers.ts";
import { identify, judge, now, requestOf, url } from "./conformance-requests.ts";
import { providers } from "./index.ts";

const named = (name: string): Provider => {
  const found = providers.find((provider) => provider.name === name);
  if (found === undefined) throw new Error(`no provider ${name}`);
  return found;
};

const dedupeOf = (name: string, headers: Record<string, string>, payload: unknown = {}) => {
  const body = Buffer.from(JSON.stringify(payload), "utf8");
  const request = requestOf({ headers: rawHeadersFrom(headers), body });
  return identify({ provider: named(name) }, request)[0]?.dedupe;
};

describe("what recognises a repeat", () => {
  it("is WooCommerce's delivery id only together with the content: it repeats within a second", () => {
    expect(dedupeOf("woocommerce", { "X-WC-Webhook-Delivery-ID": "w_1" })).toEqual({
      by: "id-and-content",
      id: "w_1",
    });
  });

  it("is the id in Box's body, not the header's, which is another at each try", () => {
    const dedupe = dedupeOf("box", { "BOX-DELIVERY-ID": "try_2" }, { id: "e_1" });
    expect(dedupe).toEqual({ by: "id", id: "e_1" });
  });

  it("is Paddle's event id, not the notification's", () => {
    const payload = { event_id: "evt_1", notification_id: "ntf_2" };
    expect(dedupeOf("paddle", {}, payload)).toEqual({ by: "id", id: "evt_1" });
  });

  it("is never ConfigCat's or Discourse's id, which each request has anew", () => {
    expect(dedupeOf("configcat", { "X-ConfigCat-Webhook-ID": "r_1" })).toEqual({ by: "content" });
    expect(dedupeOf("discourse", { "X-Discourse-Event-Id": "7" })).toEqual({ by: "content" });
  });

  it("is Twitch's id only together with the content, since it runs into the timestamp", () => {
    const headers = { "Twitch-Eventsub-Message-Id": "m_1" };
    expect(dedupeOf("twitch", headers)).toEqual({ by: "id-and-content", id: "m_1" });
  });

  it("is a signed header's id by itself, where a literal parts it from its neighbours", () => {
    expect(dedupeOf("polar", { "webhook-id": "m_1" })).toEqual({ by: "id", id: "m_1" });
    expect(dedupeOf("polar", { "webhook-id": "m.1" })?.by).toBe("id-and-content");
  });

  it("is the content where a sender only shows a token, or has no id", () => {
    expect(dedupeOf("chargebee", {}, { id: "ev_1" })).toEqual({ by: "id-and-content", id: "ev_1" });
    expect(dedupeOf("zoom", {}, { event: "meeting.ended" })).toEqual({ by: "content" });
  });
});

describe("lists of signatures", () => {
  const secrets = [{ name: "A", value: "VALID_SECRET" }];
  const good = "28981e941fae76e53db32f3d2a83cb69db41476595e84e1970a1b5d98f62b261";
  const verdict = (header: string) =>
    judge(
      { provider: named("paddle") },
      requestOf({
        headers: ["Paddle-Signature", header],
        body: Buffer.from('{"data": "value"}'),
      }),
      { secrets, now: 1_698_796_800_000 },
    );

  it("may have the right one anywhere", () => {
    const other = "0".repeat(64);
    expect(verdict(`ts=1698796800;h1=${good};h1=${other}`).kind).toBe("verified");
    expect(verdict(`h1=${other};h1=${good};ts=1698796800`).kind).toBe("verified");
  });

  it("may not have two different timestamps, or none", () => {
    expect(verdict(`ts=1698796800;ts=1698796801;h1=${good}`)).toMatchObject({
      code: "INVALID_FORMAT",
    });
    expect(verdict(`h1=${good}`)).toMatchObject({ code: "INVALID_FORMAT" });
  });
});

describe("public keys", () => {
  const sendgrid = named("sendgrid");
  const sign = (secret: string) =>
    sendgrid.sign({
      body: Buffer.from("[]"),
      secret,
      now: 0,
      options: {},
      id: "i",
      type: "t",
      url,
    });

  it("verify as PEM and as base64 of DER, and cannot sign", () => {
    const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const key = pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    const pem = pair.publicKey.export({ type: "spki", format: "pem" }).toString();
    const der = pair.publicKey.export({ type: "spki", format: "der" }).toString("base64");
    const request = requestOf({
      headers: rawHeadersFrom(sign(key).headers),
      body: Buffer.from("[]"),
    });
    for (const value of [pem, der]) {
      const secrets = [{ name: "A", value }];
      expect(judge({ provider: sendgrid }, request, { secrets, now: 0 }).kind).toBe("verified");
      expect(() => sign(value)).toThrow("private key");
    }
  });

  it("of another kind are no key for a sender", () => {
    const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey;
    const value = rsa.export({ type: "spki", format: "pem" }).toString();
    const key = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
    const { headers } = sign(key.export({ type: "pkcs8", format: "pem" }).toString());
    const request = requestOf({ headers: rawHeadersFrom(headers), body: Buffer.from("[]") });
    const secrets = [{ name: "A", value }];
    expect(judge({ provider: sendgrid }, request, { secrets, now: 0 })).toMatchObject({
      code: "VERIFICATION_FAILED",
    });
  });
});

describe("twilio", () => {
  const secrets = [{ name: "A", value: "12345" }];
  const twilio = named("twilio");
  const from = (headers: Record<string, string>, body: string) =>
    requestOf({ headers: rawHeadersFrom(headers), body: Buffer.from(body) });

  it("refuses a body that nothing would cover", () => {
    const signed = from({ "X-Twilio-Signature": "RSOYDt4T1cUTdK1PDd93/VVr8B8=" }, '{"a":1}');
    expect(judge({ provider: twilio }, signed, { secrets })).toMatchObject({
      code: "INVALID_FORMAT",
    });
  });

  it("refuses without the address that it signs", () => {
    const request = from({ "X-Twilio-Signature": "RSOYDt4T1cUTdK1PDd93/VVr8B8=" }, "");
    const verdict = twilio.verify({
      request,
      secrets,
      now: 0,
      toleranceSeconds: 300,
      options: {},
    });
    expect(verdict).toMatchObject({ code: "VERIFICATION_FAILED" });
  });
});

describe("several fields that may carry a signature", () => {
  const sent = (signature: object): Request =>
    requestOf({
      body: Buffer.from(JSON.stringify({ signature, "event-data": { event: "opened" } })),
    });
  const timestamp = String(now / 1000);
  const made = (by: string) => createHmac("sha256", by).update(`${timestamp}t`).digest("hex");
  const verdict = (request: Request, by: string) =>
    judge({ provider: named("mailgun") }, request, {
      secrets: [{ name: "A", value: by }],
    });

  it("are each taken: a subaccount's events by its own key and by the primary account's", () => {
    const signature = {
      timestamp,
      token: "t",
      signature: made("own"),
      "parent-signature": made("parent"),
    };
    for (const by of ["own", "parent"]) {
      expect(verdict(sent(signature), by)).toEqual({ kind: "authenticated", secret: "A" });
    }
    expect(verdict(sent(signature), "another")).toMatchObject({ code: "INVALID_SIGNATURE" });
    const { signature: _, ...alone } = signature;
    expect(verdict(sent(alone), "parent").kind).toBe("authenticated");
    expect(verdict(sent({ timestamp, token: "t" }), "own")).toMatchObject({
      code: "MISSING_SIGNATURE",
    });
  });
});
