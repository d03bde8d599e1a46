import { createHmac } from "node:crypto";
import { expect, it } from "vitest";
import { now, requestOf } from "./conformance-requests.ts";
import { hubspot } from "./index.ts";

const base = "https://gateway.example.com/hooks/in";
const body = Buffer.from("[]");

/** The verdict on a request to a URL, of which another spelling was signed. */
function verdictOn(signedUrl: string, url: string) {
  const text = `POST${signedUrl}${body}${now}`;
  const signature = createHmac("sha256", "client-secret").update(text).digest("base64");
  const headers = ["X-HubSpot-Signature-v3", signature, "X-HubSpot-Request-Timestamp", String(now)];
  return hubspot.verify({
    request: requestOf({ headers, body }),
    secrets: [{ name: "A", value: "client-secret" }],
    now,
    toleranceSeconds: 300,
    options: {},
    url,
    material: undefined,
  }).kind;
}

it("takes a URL as HubSpot decodes it before it signs, and as it is", () => {
  const url = `${base}?to=https%3a%2F%2Fa.example%3fb%40%21%24%27%28%29%2A%2C%3B`;
  expect(verdictOn(`${base}?to=https://a.example?b@!$'()*,;`, url)).toBe("verified");
  expect(verdictOn(url, url)).toBe("verified");
});

it("decodes no other escape", () => {
  for (const [signed, escaped] of [
    ["&", "%26"],
    [" ", "%20"],
    ["=", "%3D"],
    ["+", "%2B"],
    ["%", "%25"],
    [":", "%253A"],
  ]) {
    expect(verdictOn(`${base}?a=${signed}`, `${base}?a=${escaped}`)).toBe("rejected");
  }
  expect(verdictOn(`${base}?a=:`, `${base}?a=%252F`)).toBe("rejected");
});
