/** Both ways against @shopify/shopify-api, with both sets of headers. */
import "@shopify/shopify-api/adapters/node";
import { createHmac } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { ApiVersion, shopifyApi } from "@shopify/shopify-api";
import { describe, expect, it } from "vitest";
import type { Request } from "../../src/core/types.ts";
import { type Case, judge, requestOf, signedBy } from "../../src/providers/conformance-requests.ts";
import { samples } from "../../src/providers/samples/shopify.ts";
import { shopify } from "../../src/providers/shopify.ts";

const secret = "shpss_1234567890abcdef";
const secrets = [{ name: "A", value: secret }];
const sdk = shopifyApi({
  apiKey: "key",
  apiSecretKey: secret,
  apiVersion: Object.values(ApiVersion).at(-1) as ApiVersion,
  hostName: "app.example.com",
  isEmbeddedApp: true,
  logger: { log: () => undefined },
});
const one: Case = {
  title: "shopify",
  provider: shopify,
  secret,
  otherSecret: "",
  dated: false,
  place: { header: "x-shopify-hmac-sha256" },
  coversBody: true,
};

async function theirs(request: Request, body = request.body): Promise<boolean> {
  const headers: Record<string, string> = {};
  for (let at = 0; at < request.headers.length; at += 2) {
    headers[(request.headers[at] as string).toLowerCase()] = request.headers[at + 1] as string;
  }
  const rawRequest = { method: "POST", url: "/hooks", headers } as unknown as IncomingMessage;
  const rawResponse = {} as ServerResponse;
  const verdict = await sdk.webhooks.validate({
    rawBody: body.toString("utf8"),
    rawRequest,
    rawResponse,
  });
  return verdict.valid;
}

describe("shopify against shopify-api", () => {
  it.each(samples.types)("signs what the SDK accepts: %s", async (type) => {
    const payload = samples.make(type, { id: "1", now: 1_700_000_000_000 });
    const request = signedBy(one, Buffer.from(JSON.stringify(payload), "utf8"), type);
    expect(await theirs(request)).toBe(true);
    expect(await theirs(request, Buffer.from("{}"))).toBe(false);
    const newer = request.headers.map((text) => text.replace(/^X-Shopify-/, "Shopify-"));
    expect(await theirs({ ...request, headers: newer })).toBe(true);
  });

  it.each(["X-Shopify-", "Shopify-"])("judges requests with %s as the SDK does", async (prefix) => {
    const body = Buffer.from('{"id":1,"note":"grüße"}', "utf8");
    const good = createHmac("sha256", secret).update(body).digest("base64");
    const hex = createHmac("sha256", secret).update(body).digest("hex");
    for (const signature of [good, hex, good.slice(0, -1), `${good}=`, good.toLowerCase(), ""]) {
      const headers = [
        [`${prefix}Hmac-Sha256`, signature],
        [`${prefix}Topic`, "orders/create"],
        [`${prefix}Shop-Domain`, "example.myshopify.com"],
        [`${prefix}API-Version`, "2026-10"],
        [`${prefix}Webhook-Id`, "b54557e4"],
      ].flat();
      const request = requestOf({ headers, body });
      const mine = judge(one, request, { secrets }).kind === "verified";
      // We take base64 without its padding too; the SDK compares the text.
      expect(mine).toBe((await theirs(request)) || signature === good.slice(0, -1));
      const noTopic = { ...request, headers: [...headers.slice(0, 2), ...headers.slice(4)] };
      expect(await theirs(noTopic)).toBe(false);
      expect(judge(one, noTopic, { secrets }).kind).toBe("rejected");
    }
  });
});
