import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openWebhooks, type Webhooks } from "./support.ts";

let webhooks: Webhooks;
before(async () => {
  webhooks = await openWebhooks();
});
after(() => webhooks.close());

test("what isn't signed by SendGrid is refused", async () => {
  const forged = await webhooks.post("/webhooks/sendgrid", Buffer.from("{}"), {});
  assert.ok(forged.status >= 400 && forged.status < 500, String(forged.status));
});
