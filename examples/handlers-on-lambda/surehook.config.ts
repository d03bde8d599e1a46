/** Webhooks of five senders: paid orders to a queue and a topic, everything else to the queue, each once in a table. */
import { defineGateway, secret } from "surehook";
import { dynamodb, sns, sqs } from "surehook/destinations";
import { github, sendgrid, shopify, slack, stripe } from "surehook/providers";

/** A sender's path and secret, both by its name; without its secret it is off. */
function by(provider: string) {
  const name = `${provider.toUpperCase()}_WEBHOOK_SECRET`;
  return { path: `/webhooks/${provider}`, secrets: [secret(name, { optional: true })] };
}

const paid = { from: "stripe", types: ["payment_intent.succeeded"] } as const;

export default defineGateway({
  sources: {
    stripe: stripe(by("stripe")),
    github: github(by("github")),
    shopify: shopify(by("shopify")),
    slack: slack(by("slack")),
    sendgrid: sendgrid(by("sendgrid")),
  },
  destinations: {
    queue: sqs({
      queueUrl: secret("SQS_QUEUE_URL"),
      attributes: { Type: "{payload.action|type}" },
    }),
    topic: sns({
      topicArn: secret("SNS_TOPIC_ARN"),
      subject: "Webhook Event: {payload.type}",
    }),
    seen: dynamodb({
      table: "webhook-events",
      mapping: { event_id: "event_id", processed_at: "processed_at", ttl: "ttl" },
      ttl: "ttl",
    }),
  },
  routes: [
    { ...paid, to: "queue", transform: () => import("./paid-order.ts") },
    { ...paid, to: "topic", transform: () => import("./payment-notice.ts") },
    { to: "queue", transform: () => import("./queued-event.ts") },
    { to: "seen", transform: () => import("./seen-event.ts") },
  ],
});
