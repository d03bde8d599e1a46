import { describe, expect, it } from "vitest";
import type { Provider } from "../core/define.ts";
import type { Request } from "../core/types.ts";
import { type Case, identify, judge, now, requestOf, signedBy } from "./conformance-requests.ts";
import { github, shopify, standardWebhooks, stripe, svix } from "./index.ts";

const caseOf = (provider: unknown, secret: string): Case => ({
  title: "",
  provider: provider as Provider,
  secret,
  otherSecret: "",
  dated: false,
  place: { header: "" },
  coversBody: true,
});

const secretsOf = (one: Case) => [{ name: "A", value: one.secret }];

function header(request: Request, name: string): string {
  const at = request.headers.findIndex((text) => text.toLowerCase() === name);
  return request.headers[at + 1] as string;
}

describe("stripe", () => {
  const one = caseOf(stripe, "whsec_5WBkVpDoeMU");
  const request = signedBy(one);
  const value = header(request, "stripe-signature");
  const [t, v1] = value.split(",") as [string, string];
  const wrong = `v1=${"0".repeat(64)}`;
  const verdict = (text: string) =>
    judge(one, { ...request, headers: ["Stripe-Signature", text] }, { secrets: secretsOf(one) });

  it("takes any v1 of several, in any order and beside any v0", () => {
    for (const text of [
      `${t},${wrong},${v1}`,
      `${t},${v1},${wrong}`,
      `${v1},${t}`,
      `${t},v0=zz,${v1},v0=${"0".repeat(64)}`,
      `${t}, ${v1}`,
      `${t},v1=short,${v1}`,
    ]) {
      expect(verdict(text).kind).toBe("verified");
    }
  });

  it("ignores v0, even one that would fit", () => {
    expect(verdict(`${t},${v1.replace("v1", "v0")}`)).toMatchObject({ code: "INVALID_FORMAT" });
  });

  it("takes one timestamp only, and only of digits", () => {
    for (const text of [
      v1,
      `${t},${t},${v1}`,
      `t=,${v1}`,
      `t=-1,${v1}`,
      `t=1.7e9,${v1}`,
      `t=0x10,${v1}`,
      `t=٣,${v1}`,
      `t=999999999999999,${v1}`,
      `${t}junk,${v1}`,
      "",
      ",",
      "=",
      "t",
    ]) {
      expect(verdict(text)).toMatchObject({
        code: text === "" ? "MISSING_SIGNATURE" : "INVALID_FORMAT",
      });
    }
  });

  it("uses the secret literally, with its whsec_", () => {
    const bare = [{ name: "A", value: "5WBkVpDoeMU" }];
    expect(judge(one, request, { secrets: bare }).kind).toBe("rejected");
  });

  it("names an event by its id, type and time, in seconds or RFC 3339", () => {
    const named = (body: unknown) =>
      identify(one, requestOf({ body: Buffer.from(JSON.stringify(body)) }))[0];
    expect(named({ id: "evt_1", type: "charge.succeeded", created: 1_700_000_000 })).toEqual({
      id: "evt_1",
      type: "charge.succeeded",
      occurredAt: now,
      dedupe: { by: "id", id: "evt_1" },
    });
    expect(named({ id: "evt_1", created: "2023-11-14T22:13:20.000Z" })).toMatchObject({
      type: "unknown",
      occurredAt: now,
    });
    expect(named(["evt_1"])).toEqual({ type: "unknown", dedupe: { by: "content" } });
  });
});

describe("github", () => {
  const one = caseOf(github, "It's a Secret to Everybody");

  it("reads the SHA-256 header only", () => {
    const signed = signedBy(one);
    const legacy = { ...signed, headers: ["X-Hub-Signature", "sha1=00"] };
    expect(judge(one, legacy, { secrets: secretsOf(one) })).toMatchObject({
      code: "MISSING_SIGNATURE",
    });
  });

  it("refuses upper-case hex, as octokit does", () => {
    const signed = signedBy(one);
    const value = header(signed, "x-hub-signature-256");
    const upper = {
      ...signed,
      headers: ["X-Hub-Signature-256", `sha256=${value.slice(7).toUpperCase()}`],
    };
    expect(judge(one, upper, { secrets: secretsOf(one) })).toMatchObject({
      code: "INVALID_FORMAT",
    });
  });

  const delivery = (event: string, body: string, contentType = "application/json") =>
    identify(
      one,
      requestOf({
        headers: [
          "X-GitHub-Event",
          event,
          "X-GitHub-Delivery",
          "guid-1",
          "Content-Type",
          contentType,
        ],
        body: Buffer.from(body),
      }),
    )[0];

  it("names an event by the header and the body's action, and dedupes by id and content", () => {
    expect(delivery("pull_request", '{"action":"opened"}')).toEqual({
      id: "guid-1",
      type: "pull_request.opened",
      dedupe: { by: "id-and-content", id: "guid-1" },
    });
    expect(delivery("push", "{}")?.type).toBe("push");
    expect(delivery("ping", '{"zen":"x"}')?.type).toBe("ping");
    expect(delivery("push", "not json")?.type).toBe("push");
  });

  it("finds the action in a form", () => {
    const form = new URLSearchParams({ payload: '{"action":"closed"}' }).toString();
    const type = "application/x-www-form-urlencoded";
    expect(delivery("issues", form, type)?.type).toBe("issues.closed");
    expect(delivery("issues", "payload=%", type)?.type).toBe("issues");
    expect(delivery("issues", "other=1", `${type}; charset=utf-8`)?.type).toBe("issues");
  });

  it("says that GitHub doesn't try again, and that bodies may have 25 MiB", () => {
    expect([github.retries, github.maxBodyBytes]).toEqual([false, 26_214_400]);
  });
});

describe("shopify", () => {
  const one = caseOf(shopify, "shpss_1");
  const signed = signedBy(one, Buffer.from("{}"), "orders/create");
  const secrets = secretsOf(one);

  it("takes both sets of headers, the newer first", () => {
    const newer = signed.headers.map((text) => text.replace(/^X-Shopify-/, "Shopify-"));
    expect(judge(one, { ...signed, headers: newer }, { secrets }).kind).toBe("verified");
    expect(identify(one, { ...signed, headers: newer })[0]?.type).toBe("orders/create");
    const both = ["Shopify-Hmac-Sha256", "A".repeat(43), "Shopify-Topic", "x", ...signed.headers];
    expect(judge(one, { ...signed, headers: both }, { secrets })).toMatchObject({
      code: "INVALID_SIGNATURE",
    });
  });

  it("asks for a topic of the same set, since the secret also signs cookies", () => {
    const headers = ["X-Shopify-Hmac-Sha256", header(signed, "x-shopify-hmac-sha256")];
    for (const more of [[], ["X-Shopify-Topic", ""], ["Shopify-Topic", "orders/create"]]) {
      expect(judge(one, { ...signed, headers: [...headers, ...more] }, { secrets })).toMatchObject({
        code: "INVALID_FORMAT",
      });
    }
  });

  it("tells two subscriptions' deliveries of one event apart, and knows a retry again", () => {
    const delivery = (webhookId: string) =>
      identify(
        one,
        requestOf({
          headers: ["X-Shopify-Webhook-Id", webhookId, "X-Shopify-Event-Id", "event-1"],
        }),
      )[0]?.dedupe;
    expect(delivery("first")).toEqual({ by: "id-and-content", id: "first" });
    expect(delivery("first")).not.toEqual(delivery("second"));
  });

  it("dates an event by Triggered-At", () => {
    expect(identify(one, signed)[0]?.occurredAt).toBe(now);
  });
});

describe("standard webhooks", () => {
  const one = caseOf(standardWebhooks, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  const signed = signedBy(one);
  const secrets = secretsOf(one);
  const signature = header(signed, "webhook-signature");
  const wrong = `v1,${"A".repeat(43)}=`;
  const listed = (list: string) =>
    judge(
      one,
      {
        ...signed,
        headers: signed.headers.map((text) => (text === signature ? list : text)),
      },
      { secrets },
    );

  it("takes any v1 of the list and ignores unknown tags", () => {
    for (const list of [
      `${wrong} ${signature}`,
      `${signature} ${wrong}`,
      `v2,abc ${signature} v9`,
      ` ${signature} `,
      `v1a,${Buffer.alloc(64).toString("base64")} ${signature}`,
    ]) {
      expect(listed(list).kind).toBe("verified");
    }
    expect(listed(signature.replace("v1,", "v2,"))).toMatchObject({ code: "INVALID_FORMAT" });
    expect(listed(signature.replace("v1,", ""))).toMatchObject({ code: "INVALID_FORMAT" });
  });

  it("refuses another id or time under the same signature", () => {
    const changed = (from: string, to: string) => ({
      ...signed,
      headers: signed.headers.map((text) => (text === from ? to : text)),
    });
    expect(judge(one, changed("msg_1", "msg_2"), { secrets })).toMatchObject({
      code: "INVALID_SIGNATURE",
    });
    const time = header(signed, "webhook-timestamp");
    expect(judge(one, changed(time, `${Number(time) + 1}`), { secrets })).toMatchObject({
      code: "INVALID_SIGNATURE",
    });
    for (const bad of ["", "now", "1e9", "-1"]) {
      expect(judge(one, changed(time, bad), { secrets })).toMatchObject({ code: "INVALID_FORMAT" });
    }
    expect(judge(one, changed("webhook-id", "x-id"), { secrets })).toMatchObject({
      code: "INVALID_FORMAT",
    });
  });

  it("takes HMAC and ed25519 secrets side by side, each for its own tag", () => {
    const whsk = `whsk_${Buffer.alloc(32, 3).toString("base64")}`;
    const asymmetric = signedBy({ ...one, secret: whsk });
    const all = [...secrets, { name: "KEY", value: whsk }];
    expect(judge(one, asymmetric, { secrets: all })).toEqual({ kind: "verified", secret: "KEY" });
    expect(judge(one, signed, { secrets: all })).toEqual({ kind: "verified", secret: "A" });
    expect(judge(one, asymmetric, { secrets }).kind).toBe("rejected");
  });

  it.each(["whsec_", "whsec_!", "whpk_AAAA", "whsk_AAAA", "whsec_ab c", "-"])(
    "says that %j is no key",
    (value) => {
      expect(judge(one, signed, { secrets: [{ name: "BAD", value }] })).toEqual({
        kind: "rejected",
        code: "VERIFICATION_FAILED",
        detail: 'no secret fits; secret "BAD" does not have the form of a key',
      });
    },
  );

  it("cannot be signed with a public key", () => {
    const whpk = `whpk_${Buffer.alloc(32, 3).toString("base64")}`;
    expect(() => signedBy({ ...one, secret: whpk })).toThrow(/whsec_<base64> or whsk_<base64>/);
  });

  it("names an event by the signed id and dates it by the body, else by the header", () => {
    const body = Buffer.from('{"type":"a.b","timestamp":"2023-11-14T22:13:19.5Z"}');
    expect(identify(one, signedBy(one, body))).toEqual([
      { id: "msg_1", type: "a.b", occurredAt: now - 500, dedupe: { by: "id", id: "msg_1" } },
    ]);
    expect(identify(one, signedBy(one, Buffer.from("x")))).toEqual([
      { id: "msg_1", type: "unknown", occurredAt: now, dedupe: { by: "id", id: "msg_1" } },
    ]);
  });
});

describe("svix", () => {
  const one = caseOf(svix, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  const secrets = secretsOf(one);
  const signed = signedBy(one);

  it("takes the headers of Standard Webhooks too", () => {
    const headers = signed.headers.map((text) => text.replace(/^svix-/, "webhook-"));
    expect(judge(one, { ...signed, headers }, { secrets }).kind).toBe("verified");
    expect(identify(one, { ...signed, headers })[0]?.id).toBe("msg_1");
  });

  it("names an event by the headers that it verified, whatever stands beside them", () => {
    const beside = [...signed.headers, "webhook-id", "forged", "webhook-signature", "v1,x"];
    expect(judge(one, { ...signed, headers: beside }, { secrets }).kind).toBe("verified");
    expect(identify(one, { ...signed, headers: beside })[0]?.id).toBe("msg_1");
    const older = signed.headers.map((text) => text.replace(/^svix-/, "webhook-"));
    const lone = ["svix-id", "forged", ...older];
    expect(judge(one, { ...signed, headers: lone }, { secrets }).kind).toBe("verified");
    expect(identify(one, { ...signed, headers: lone })[0]?.id).toBe("msg_1");
  });
});
