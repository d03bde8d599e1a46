/** Kinde's signature is its body, so the suite of all providers has no place for it. */
import { createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { Request } from "../core/types.ts";
import { flipped, identify, judge, now, requestOf } from "./conformance-requests.ts";
import { kinde } from "./index.ts";

const key = readFileSync(
  new URL("../../test/support/certificates/own-key.pem", import.meta.url),
  "utf8",
);
const jwk = { ...createPublicKey(key).export({ format: "jwk" }), kid: "sample" };
const url = "https://example.kinde.com/.well-known/jwks";
const material = { found: new Map([[url, JSON.stringify({ keys: [jwk] })]]), roots: [] };
const one = { provider: kinde, material };
const secrets = [{ name: "A", value: "https://example.kinde.com" }];
const timestamp = "2023-11-14T22:13:20Z";
const told = JSON.stringify({ event_id: "event_1", type: "user.created", timestamp });

function signed(body: string): Request {
  const secret = `x\n${key}`;
  const input = { body: Buffer.from(body), secret, now, options: {}, id: "1", type: "x" };
  return requestOf({ body: one.provider.sign(input).body as Buffer });
}

it("accepts what is signed, names and dates it", () => {
  const request = signed(told);
  expect(judge(one, request, { secrets })).toEqual({ kind: "verified", secret: "A" });
  expect(identify(one, request)).toEqual([
    {
      type: "user.created",
      id: "event_1",
      dedupe: { by: "id", id: "event_1" },
      occurredAt: 1_700_000_000_000,
    },
  ]);
});

it("refuses a body with one flipped bit, wherever", () => {
  const request = signed(told);
  for (let at = 0; at < request.body.length; at += 1) {
    const body = flipped(request.body, at);
    expect(judge(one, { ...request, body }, { secrets }).kind).toBe("rejected");
  }
});

it("refuses another business, none, and what is no address of one", () => {
  const judged = (value: string) => judge(one, signed(told), { secrets: [{ name: "A", value }] });
  expect(judged("https://other.kinde.com")).toMatchObject({ code: "INVALID_SIGNATURE" });
  for (const value of ["", "http://example.kinde.com", "https://example.kinde.com/x?y", "x"]) {
    expect(judged(value)).toMatchObject({ code: "VERIFICATION_FAILED" });
  }
  expect(judge(one, signed(told), { secrets: [] }).kind).toBe("rejected");
});

it.each(["", "x", '{"type":"user.created"}', "a.b.c"])("says what %j lacks", (text) => {
  const verdict = judge(one, requestOf({ body: Buffer.from(text) }), { secrets });
  const code = text === "" ? "MISSING_SIGNATURE" : "INVALID_FORMAT";
  expect(verdict).toMatchObject({ code });
  expect(identify(one, requestOf({ body: Buffer.from(text) }))[0]?.type).toBe("unknown");
});
