import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { github } from "surehook/providers";
import { stateOf } from "../../webhooks/state.ts";
import { openWebhooks, secret, until, type Webhooks } from "./support.ts";

let webhooks: Webhooks;
before(async () => {
  webhooks = await openWebhooks();
});
after(() => webhooks.close());

/** Posts a payload as GitHub signs it. */
function post(type: string, id: string, payload: object): Promise<Response> {
  const body = Buffer.from(JSON.stringify(payload));
  const signed = github.sign({ body, secret, now: Date.now(), options: {}, id, type });
  return webhooks.post("/webhooks/github", body, signed.headers);
}

const repository = { full_name: "octo-dev/hello" };

test("a push is known by its repository, and a delivery again is answered the same", async () => {
  const payload = { ref: "refs/heads/main", after: "c0ffee", repository };
  const first = await post("push", "delivery-1", payload);
  assert.equal(first.status, 200);
  const answer = await first.text();
  assert.match(answer, /"received":true,"eventId":"delivery-1"/);
  await until("the push is known", async () =>
    (await stateOf("repositories", "octo-dev/hello")) === "refs/heads/main is at c0ffee",
  );
  assert.equal(await (await post("push", "delivery-1", payload)).text(), answer);
});

test("a pull request is known by its number", async () => {
  await post("pull_request.opened", "delivery-2", { action: "opened", number: 7, repository });
  await until("it is known", async () =>
    (await stateOf("repositories", "octo-dev/hello#7")) === "opened",
  );
});

test("what isn't signed by GitHub is refused with 401", async () => {
  const forged = await webhooks.post("/webhooks/github", Buffer.from("{}"), {
    "x-github-event": "push",
    "x-github-delivery": "delivery-3",
    "x-hub-signature-256": "sha256=" + "0".repeat(64),
  });
  assert.equal(forged.status, 401);
});
