/** examples/handlers-on-lambda, deployed: five senders to a queue, a topic and a table. */
import { DescribeTimeToLiveCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
  handlerPosts,
  handlerSecrets,
  noticeSubject,
  noticesOfHandlers,
  queuedOfHandlers,
  seenByHandlers,
} from "../support/handler-posts.ts";
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

const suffix = freshName("e2e");
const apart = { timeout: 90_000 };

onEmulator("handlers-on-lambda, deployed", () => {
  let deployment: Deployment | undefined;
  let outputs: Readonly<Record<string, string>> = {};
  let notices: Queue;

  beforeAll(async () => {
    const context = { environmentSuffix: suffix };
    const app = "infrastructure/webhooks.ts";
    deployment = await deploy("handlers-on-lambda", { context, env: emulatorFacts().env, app });
    outputs = deployment.outputs[`Webhooks-${suffix}`] ?? {};
    await fillSecret(outputs["SecretArn"], handlerSecrets);
    notices = await listenTo(outputs["TopicArn"]);
  });

  afterAll(async () => {
    await deployment?.destroy();
  });

  it("does with each sender's webhook what it shall, once", apart, async () => {
    for (const { provider, body, headers } of [...handlerPosts, ...handlerPosts]) {
      const answer = await call(outputs["ApiUrl"] ?? "", `/${provider}`, { body, headers });
      expect([provider, answer.status]).toEqual([provider, 200]);
    }
    const work = await queueAt(outputs["QueueUrl"] ?? "");
    const queued: unknown[] = [];
    while (queued.length < queuedOfHandlers.length) {
      const taken = await work.next();
      queued.push([attributesOf(taken)["Type"], JSON.parse(taken.Body ?? "")]);
    }
    expect(queued).toEqual(expect.arrayContaining([...queuedOfHandlers]));
    const told = [await notices.next(), await notices.next()].map(({ Body = "" }) =>
      JSON.parse(Body),
    );
    expect(told.map(({ Subject }) => Subject)).toEqual([noticeSubject, noticeSubject]);
    expect(told.map(({ Message }) => JSON.parse(Message))).toEqual(
      expect.arrayContaining([...noticesOfHandlers]),
    );
    const items = await until("each event in the table", async () => {
      const found = await itemsOf(outputs["TableName"]);
      return found.length >= seenByHandlers.length && found;
    });
    expect(items.map(({ event_id }) => event_id?.S).sort()).toEqual([...seenByHandlers].sort());
    for (const { processed_at, ttl } of items) {
      const day = new Date(processed_at?.S ?? "").getTime() / 1000 + 86_400;
      expect(Number(ttl?.N)).toBe(Math.ceil(day));
    }
    expect([await work.count(), await notices.count()]).toEqual([0, 0]);
  });

  it("has the table forget after a day", async () => {
    const { TimeToLiveDescription } = await new DynamoDBClient().send(
      new DescribeTimeToLiveCommand({ TableName: outputs["TableName"] }),
    );
    expect(TimeToLiveDescription).toMatchObject({
      AttributeName: "ttl",
      TimeToLiveStatus: "ENABLED",
    });
  });

  it("says who is not known, and what is not signed", async () => {
    await expectStrangersRefused(outputs["ApiUrl"]);
  });

  it("leaves nothing when it is destroyed", async () => {
    await deployment?.destroy();
    deployment = undefined;
    expect(await leftOvers(suffix)).toEqual([]);
  });
});
