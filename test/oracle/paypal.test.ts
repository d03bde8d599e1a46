/** The sample that PayPal published in its SDK. Its certificate wasn't, so the text is signed anew. */
import { sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { VerifyInput } from "../../src/core/types.ts";
import { rawHeadersFrom } from "../../src/kit/raw-headers.ts";
import { requestOf } from "../../src/providers/conformance-requests.ts";
import { type PaypalOptions, paypal } from "../../src/providers/paypal.ts";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");
const pem = (name: string): string => read(`../support/certificates/${name}.pem`);
const sample: {
  readonly secret: string;
  readonly body: string;
  readonly signed_string: string;
  readonly headers: Readonly<Record<string, string>>;
} = JSON.parse(read("paypal.json"));
const certificateUrl = sample.headers["PAYPAL-CERT-URL"] as string;

function inputOf(
  body: string,
  headers: Readonly<Record<string, string>>,
): VerifyInput<PaypalOptions> {
  return {
    request: requestOf({ body: Buffer.from(body, "utf8"), headers: rawHeadersFrom(headers) }),
    secrets: [{ name: "ID", value: sample.secret }],
    now: Date.parse("2020-05-18T15:45:13Z"),
    toleranceSeconds: 10 * 365 * 86_400,
    options: {},
    material: {
      found: new Map([[certificateUrl, pem("paypal") + pem("intermediate")]]),
      roots: [pem("root")],
    },
  };
}

test("the published headers are of the form that is taken, their certificate is asked for", () => {
  expect(paypal.material?.(inputOf(sample.body, sample.headers))).toEqual([
    { kind: "certificate", name: certificateUrl, url: certificateUrl },
  ]);
});

test("the published text is the one that is verified for the published body", () => {
  const text = Buffer.from(sample.signed_string, "utf8");
  const signature = sign("RSA-SHA256", text, pem("own-key")).toString("base64");
  const headers = { ...sample.headers, "PAYPAL-TRANSMISSION-SIG": signature };
  expect(paypal.verify(inputOf(sample.body, headers))).toEqual({ kind: "verified", secret: "ID" });
  expect(paypal.verify(inputOf(`${sample.body} `, headers)).kind).toBe("rejected");
  // The published signature is of PayPal's key, which our stand-in's certificate doesn't hold.
  expect(paypal.verify(inputOf(sample.body, sample.headers))).toMatchObject({
    code: "INVALID_SIGNATURE",
  });
});
