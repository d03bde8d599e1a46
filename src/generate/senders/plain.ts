/** What is written for a sender that has no handlers ready: they are added by `surehook add handler`. */
import type { Sender } from "../choices.ts";
import type { SenderTemplates } from "./templates.ts";

const tests = ({ name, title }: Sender): string => `
import assert from "node:assert/strict";
import { after, before, test } from "@runner";
import { openWebhooks«, type Webhooks» } from "./support.ts";

let webhooks«: Webhooks»;
before(async () => {
  webhooks = await openWebhooks();
});
after(() => webhooks.close());

test("what isn't signed by ${title} is refused", async () => {
  const forged = await webhooks.post("/webhooks/${name}", Buffer.from("{}"), {});
  assert.ok(forged.status >= 400 && forged.status < 500, String(forged.status));
});
`;

/** The templates of any sender. */
export function plainTemplates(sender: Sender): SenderTemplates {
  return { handlers: {}, required: {}, tests: tests(sender) };
}
