/** Both ways against stripe-node: what it signs we accept, what we sign it accepts. */
import fc from "fast-check";
import Stripe from "stripe";
import { describe, expect, it } from "vitest";
import type { Provider } from "../../src/core/define.ts";
import { judge, requestOf } from "../../src/providers/conformance.ts";
import { stripe } from "../../src/providers/stripe.ts";

const sdk = new Stripe("sk_test_none");
const provider = stripe as unknown as Provider;
const seconds = 1_700_000_000;

const ours = (payload: string, header: string, secret: string, at = seconds) =>
  judge(
    { provider },
    requestOf({ headers: ["Stripe-Signature", header], body: Buffer.from(payload, "utf8") }),
    { secrets: [{ name: "A", value: secret }], now: at * 1000 },
  );

const secretText = fc
  .string({ minLength: 1, unit: "grapheme" })
  .filter((text) => text.isWellFormed());

describe("stripe against stripe-node", () => {
  it("accepts what the SDK signs, and refuses it under another secret or body", () => {
    fc.assert(
      fc.property(fc.json(), secretText, (payload, secret) => {
        const header = sdk.webhooks.generateTestHeaderString({
          payload,
          secret,
          timestamp: seconds,
        });
        expect(ours(payload, header, secret).kind).toBe("verified");
        expect(ours(`${payload} `, header, secret).kind).toBe("rejected");
        expect(ours(payload, header, `${secret}x`).kind).toBe("rejected");
      }),
    );
  });

  it("signs what the SDK accepts, and refuses changed", () => {
    fc.assert(
      fc.property(fc.json(), secretText, (payload, secret) => {
        const { headers } = provider.sign({
          body: Buffer.from(payload, "utf8"),
          secret,
          now: seconds * 1000,
          options: {},
          id: "evt_1",
          type: "x",
        });
        const header = headers["Stripe-Signature"] as string;
        const construct = (body: string) =>
          sdk.webhooks.constructEvent(body, header, secret, 300, undefined, seconds * 1000);
        expect(construct(payload)).toEqual(JSON.parse(payload));
        expect(() => construct(`${payload} `)).toThrow(/No signatures found|signature/);
      }),
    );
  });

  it("draws the line of the past where the SDK does, and draws one in the future, where it has none", () => {
    const payload = "{}";
    const header = sdk.webhooks.generateTestHeaderString({
      payload,
      secret: "s",
      timestamp: seconds,
    });
    const theirs = (at: number) => {
      try {
        sdk.webhooks.constructEvent(payload, header, "s", 300, undefined, at * 1000);
        return "verified";
      } catch {
        return "rejected";
      }
    };
    for (const at of [seconds, seconds + 300, seconds + 301]) {
      expect(ours(payload, header, "s", at).kind).toBe(theirs(at));
    }
    expect(theirs(seconds - 86_400)).toBe("verified");
    expect(ours(payload, header, "s", seconds - 86_400)).toMatchObject({
      code: "TIMESTAMP_IN_FUTURE",
    });
  });
});
