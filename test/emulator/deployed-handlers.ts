/** What holds of handlers, generated or an example's, once they are deployed. */
import { SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { expect } from "vitest";
import { call } from "./api-client.ts";
import { newQueueFor, type Queue } from "./queues.ts";

/** A new queue that gets what is published to a topic. */
export async function listenTo(topicArn: string | undefined): Promise<Queue> {
  const queue = await newQueueFor("sns");
  const wish = { TopicArn: topicArn, Protocol: "sqs", Endpoint: queue.arn };
  await new SNSClient().send(new SubscribeCommand(wish));
  return queue;
}

/** Holds that who isn't known is told so, and that what is not signed is refused. */
export async function expectStrangersRefused(apiUrl = ""): Promise<void> {
  expect((await call(apiUrl, "/stripe", { body: "{}" })).status).toBe(401);
  expect((await call(apiUrl, "/nobody", { body: "{}" })).status).toBe(404);
}
