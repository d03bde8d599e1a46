/** Both ways against stripe-node: what it signs we accept, what we sign it accepts. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import Stripe from "stripe";
import { describe, expect, it } from "vitest";
import { judge, requestOf } from "../../src/providers/conformance-requests.ts";
import { samples } from "../../src/providers/samples/stripe.ts";
import { stripe } from "../../src/providers/stripe.ts";

const sdk = new Stripe("sk_test_none");
const provider = stripe;
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

/** The SDK's declaration of each object that our samples tell of. */
const declared: Readonly<Record<string, readonly [file: string, name: string]>> = {
  payment_intent: ["PaymentIntents", "PaymentIntent"],
  charge: ["Charges", "Charge"],
  dispute: ["Disputes", "Dispute"],
  "checkout.session": ["Checkout/Sessions", "Session"],
  customer: ["Customers", "Customer"],
  subscription: ["Subscriptions", "Subscription"],
  invoice: ["Invoices", "Invoice"],
  payout: ["Payouts", "Payout"],
};

/** Fields of an object in the SDK's types; `required` are those that the API always gives. */
function fieldsOf(object: string): { readonly known: string[]; readonly required: string[] } {
  const [file = "", name = ""] = declared[object] ?? [];
  const path = join(dirname(fileURLToPath(import.meta.resolve("stripe"))), "resources");
  const text = readFileSync(join(path, `${file}.d.ts`), "utf8");
  const body = new RegExp(`interface ${name} \\{\\n(.*?)\\n\\}`, "s").exec(text)?.[1] ?? "";
  const fields = [...body.matchAll(/^ {4}(\w+)(\??):/gm)];
  return {
    known: fields.map(([, field = ""]) => field),
    required: fields.filter(([, , mark]) => mark === "").map(([, field = ""]) => field),
  };
}

describe("samples", () => {
  const sample = (type: string): Stripe.Event =>
    samples.make(type, { id: "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b", now: 0 }) as Stripe.Event;

  it.each(samples.types)("have only fields that the SDK knows: %s", (type) => {
    const event = sample(type);
    const object = event.data.object as unknown as Readonly<Record<string, unknown>>;
    const { known, required } = fieldsOf(String(object["object"]));
    expect(required).toContain("id");
    expect(known).toEqual(expect.arrayContaining(Object.keys(object)));
    expect(Object.keys(object).length).toBeGreaterThan(required.length / 2);
    expect(event.api_version).toBe(sdk.getApiField("version"));
    const before = Object.keys(event.data.previous_attributes ?? {});
    expect(Object.keys(object)).toEqual(expect.arrayContaining(before));
  });
});
