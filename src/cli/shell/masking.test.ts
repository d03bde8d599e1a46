import { expect, test } from "vitest";
import { masked } from "./masking.ts";

const proof = "0123456789abcdef";

function shown(name: string, marks: readonly string[] = []): string | undefined {
  return masked({ headers: [name, proof], query: "" }, marks).headers[1];
}

test.each(["Stripe-Signature", "X-Shopify-Hmac-Sha256", "webhook-signature"])(
  "a signature is shortened: %s",
  (name) => expect(shown(name)).toBe("01234567… (16 characters)"),
);

test.each(["X-Gitlab-Token", "X-Api-Key", "Authorization", "Cookie", "x-webhook-secret"])(
  "a secret is hidden: %s",
  (name) => expect(shown(name)).toBe("… (16 characters)"),
);

test("what marks the source is hidden under any name", () => {
  expect(shown("X-Check")).toBe(proof);
  expect(shown("X-Check", ["x-check"])).toBe("… (16 characters)");
});

test("other headers stay, also ids that only sound like keys", () => {
  expect(shown("Idempotency-Key")).toBe(proof);
  expect(shown("Content-Type")).toBe(proof);
});

test("a query's signature and tokens are masked, the rest stays", () => {
  const query = `a=1&token=${proof}&sig=${proof}&b`;
  expect(masked({ headers: [], query }, ["?sig"]).query).toBe(
    "a=1&token=… (16 characters)&sig=… (16 characters)&b",
  );
});
