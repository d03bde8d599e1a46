/** Generated functions, deployed: handlers set states, a worker and a topic are told, repeats are answered the same. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { root } from "../../scripts/bootstrap.mjs";
import { handlerPosts, handlerSecrets, unfitPush } from "../support/handler-posts.ts";
import { until } from "../support/until.ts";
import { call } from "./api-client.ts";
import { expectStrangersRefused, listenTo } from "./deployed-handlers.ts";
import { type Deployment, deploy } from "./deployment.ts";
import { freshName, onEmulator } from "./emulated.ts";
import { emulatorFacts } from "./facts.ts";
import { fillSecret } from "./filled.ts";
import { itemsOf } from "./items.ts";
import { leftOvers } from "./left-overs.ts";
import { attributesOf, type Queue, queueAt } from "./queues.ts";

const suffix = freshName("generated");
const senders = ["stripe", "github", "shopify"];
const fitting = handlerPosts.filter(({ provider }) => senders.includes(provider));
const posts = [...fitting, unfitPush];

/** The project's packages are those of this repository, and Surehook its sources. */
function linkPackages(folder: string): void {
  const installed = join(root, "node_modules");
  const own = join(folder, "node_modules");
  mkdirSync(own);
  for (const name of readdirSync(installed)) symlinkSync(join(installed, name), join(own, name));
  symlinkSync(root, join(own, "surehook"));
}

onEmulator("generated functions, deployed", () => {
  let folder = "";
  let deployment: Deployment | undefined;
  let outputs: Readonly<Record<string, string>> = {};
  let notices: Queue;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "surehook-generated-"));
    const words = ["init", "--target", "lambda", "--senders", senders.join(), "--yes"];
    const main = join(root, "src/cli/main.ts");
    await promisify(execFile)(process.execPath, ["--no-warnings", main, ...words], { cwd: folder });
    linkPackages(folder);
    const context = { environmentSuffix: suffix };
    const app = "infrastructure/webhooks.ts";
    deployment = await deploy(folder, { context, env: emulatorFacts().env, app });
    outputs = deployment.outputs[`Webhooks-${suffix}`] ?? {};
    await fillSecret(outputs["SecretArn"], handlerSecrets);
    notices = await listenTo(outputs["TopicArn"]);
  });

  afterAll(async () => {
    await deployment?.destroy();
    rmSync(folder, { recursive: true, force: true });
  });

  it("handle each event once, and tell workers and the topic", { timeout: 120_000 }, async () => {
    const url = outputs["ApiUrl"] ?? "";
    const answers: string[] = [];
    for (const { provider, body, headers } of [...posts, ...posts]) {
      const answer = await call(url, `/${provider}`, { body, headers });
      expect([provider, answer.status]).toEqual([provider, 200]);
      answers.push(answer.body);
    }
    const unfit = answers[posts.indexOf(unfitPush)];
    expect(unfit).toContain('"error":"Validation failed, event ignored"');
    // A repeat is answered as its first.
    expect(answers.slice(posts.length)).toEqual(answers.slice(0, posts.length));
    const wanted = ["orders/order-1 paid", "orders/820982911946154500 created"];
    await until("both orders' states", async () => {
      const items = await itemsOf(outputs["StateTableName"]);
      const states = items.map(({ id, state }) => `${id?.S} ${state?.S}`);
      return wanted.every((one) => states.includes(one));
    });
    const work = await queueAt(outputs["QueueUrl"] ?? "");
    const queued: unknown[] = [];
    while (queued.length < fitting.length) {
      const taken = await work.next();
      queued.push([attributesOf(taken)["Type"], JSON.parse(taken.Body ?? "")]);
    }
    const order = { order_id: "order-1", amount: 4250, currency: "usd" };
    expect(queued).toContainEqual(["fulfill_order", { action: "fulfill_order", ...order }]);
    const bought = { provider: "shopify", event: { id: 820982911946154500 } };
    expect(queued).toContainEqual(["orders/create", bought]);
    const told = JSON.parse((await notices.next()).Body ?? "");
    expect(told.Subject).toBe("Webhook Event: payment_success");
    const seen = await until("each event in the table", async () => {
      const items = await itemsOf(outputs["TableName"]);
      return items.length >= fitting.length && items;
    });
    const ids = seen.map(({ event_id }) => event_id?.S);
    expect(ids.sort()).toEqual([
      "evt_no_order",
      "evt_order",
      "evt_unpaid",
      "github-1",
      "shopify-1",
    ]);
  });

  it("refuse what is not signed, and who is not known", async () => {
    await expectStrangersRefused(outputs["ApiUrl"]);
  });

  it("leave nothing when they are destroyed", async () => {
    await deployment?.destroy();
    deployment = undefined;
    expect(await leftOvers(suffix)).toEqual([]);
  });
});
