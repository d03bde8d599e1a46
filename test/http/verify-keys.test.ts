/** `verify` alone of a sender whose certificate is fetched, by what surehook/keys makes. */
import { afterEach, expect, test } from "vitest";
import { createKeyFetcher } from "../../src/app/create-key-fetcher.ts";
import { verify } from "../../src/index.ts";
import { paypal } from "../../src/providers/paypal.ts";
import { openPaypalHost, type PaypalHost, pem } from "../support/paypal-host.ts";

const webhookId = "4JH86294D6297924G";
const certificateUrl = "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-sample";

let host: PaypalHost;

afterEach(() => host.close());

async function judge(fetchKeys?: ReturnType<typeof createKeyFetcher>): Promise<unknown> {
  const now = Date.now();
  const body = Buffer.from('{"id":"WH-1","event_type":"PAYMENT.SALE.COMPLETED"}');
  const input = { id: "WH-1", type: "PAYMENT.SALE.COMPLETED", body, now, options: {} };
  const secret = `${webhookId}\n${pem("own-key")}`;
  const { headers } = paypal.sign({ ...input, secret });
  const given = { headers: { ...headers, "paypal-cert-url": certificateUrl }, body };
  return verify(paypal, given, { secrets: [webhookId], now, ...(fetchKeys ? { fetchKeys } : {}) });
}

test("is verified by a certificate that is fetched once", async () => {
  host = await openPaypalHost((_, response) => response.end(pem("paypal") + pem("intermediate")));
  const fetchKeys = createKeyFetcher(host.keys);
  expect(await judge(fetchKeys)).toMatchObject({ kind: "verified", events: [{ id: "WH-1" }] });
  expect(await judge(fetchKeys)).toMatchObject({ kind: "verified" });
  expect(host.asked).toHaveLength(1);
});

test("rejects where it can't be had, and names the way where nothing fetches", async () => {
  host = await openPaypalHost((_, response) => response.writeHead(503).end());
  await expect(judge(createKeyFetcher(host.keys))).rejects.toMatchObject({
    code: "KEYS_UNAVAILABLE",
  });
  await expect(judge()).rejects.toMatchObject({
    code: "USAGE",
    message: expect.stringContaining("createKeyFetcher() of surehook/keys"),
  });
});
