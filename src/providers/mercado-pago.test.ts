import { createHmac } from "node:crypto";
import { expect, it } from "vitest";
import { now, requestOf } from "./conformance-requests.ts";
import { mercadoPago } from "./index.ts";

const seconds = String(now / 1000);

/** The verdict on a request, of which a text was signed. */
function verdictOn(signed: string, query: string, { id = "r-1", instant = seconds } = {}) {
  const v1 = createHmac("sha256", "their-secret").update(signed).digest("hex");
  const headers = ["X-Signature", `ts=${instant},v1=${v1}`, ...(id ? ["X-Request-Id", id] : [])];
  const verdict = mercadoPago.verify({
    request: requestOf({ headers, query }),
    secrets: [{ name: "A", value: "their-secret" }],
    now,
    toleranceSeconds: 300,
    options: {},
    url: undefined,
    material: undefined,
  });
  return verdict.kind === "rejected" ? verdict.code : verdict.kind;
}

it("takes instants of seconds and of milliseconds, near to now", () => {
  for (const [instant, code] of [
    [seconds, "authenticated"],
    [String(now), "authenticated"],
    [String(now - 600_000), "TIMESTAMP_TOO_OLD"],
    [String(now + 600_000), "TIMESTAMP_IN_FUTURE"],
    [String(now / 1000 - 600), "TIMESTAMP_TOO_OLD"],
    ["", "INVALID_FORMAT"],
    ["1.7e12", "INVALID_FORMAT"],
  ] as const) {
    const signed = `id:1;request-id:r-1;ts:${instant};`;
    expect([instant, verdictOn(signed, "data.id=1&type=payment", { instant })]).toEqual([
      instant,
      code,
    ]);
  }
});

it("takes an order's id in lower case, and as it is", () => {
  for (const id of ["ord01jq", "ORD01JQ"]) {
    expect(verdictOn(`id:${id};request-id:r-1;ts:${seconds};`, "data.id=ORD01JQ")).toBe(
      "authenticated",
    );
  }
  expect(verdictOn(`id:ORD01JQ;request-id:r-1;ts:${seconds};`, "data.id=ord01jq")).toBe(
    "INVALID_SIGNATURE",
  );
});

it("leaves out of what is signed what isn't there", () => {
  expect(verdictOn(`request-id:r-1;ts:${seconds};`, "topic=x")).toBe("authenticated");
  expect(verdictOn(`id:1;ts:${seconds};`, "data.id=1", { id: "" })).toBe("authenticated");
  expect(verdictOn(`ts:${seconds};`, "", { id: "" })).toBe("authenticated");
});

it("doesn't take one part for two", () => {
  const signed = `id:1;request-id:r-1;ts:${seconds};`;
  const shifted = String(new URLSearchParams({ "data.id": "1;request-id:r-1" }));
  expect(verdictOn(signed, shifted, { id: "" })).toBe("INVALID_FORMAT");
});
