/** What five senders post to examples/handlers-on-lambda, and what must come of it, wherever it runs. */
import { generateKeyPairSync } from "node:crypto";
import type { Signed, SignInput } from "../../src/core/types.ts";
import { github, sendgrid, shopify, slack } from "../../src/providers/index.ts";
import { type StripePost, stripePost } from "./stripe-posts.ts";

const sendgridKeys = generateKeyPairSync("ec", { namedCurve: "P-256" });
const stripeSecret = "whsec_of_the_handlers";

/** Secrets by their names in the config. SendGrid's is the public key. */
export const handlerSecrets = {
  STRIPE_WEBHOOK_SECRET: stripeSecret,
  GITHUB_WEBHOOK_SECRET: "a-secret-of-github",
  SHOPIFY_WEBHOOK_SECRET: "a-secret-of-shopify",
  SLACK_WEBHOOK_SECRET: "a-secret-of-slack",
  SENDGRID_WEBHOOK_SECRET: sendgridKeys.publicKey
    .export({ type: "spki", format: "der" })
    .toString("base64"),
};

/** A post, and whose it is: the last segment of its path. */
export type HandlerPost = StripePost & { readonly provider: string };

type Signer = { readonly sign: (input: SignInput<object>) => Signed };

function signed(
  provider: string,
  { sign }: Signer,
  given: {
    readonly secret: string;
    readonly payload: unknown;
    readonly id?: string;
    readonly type?: string;
  },
): HandlerPost {
  const { payload, secret, id = "none", type = "none" } = given;
  const body = JSON.stringify(payload);
  const now = Date.now();
  const { headers } = sign({ body: Buffer.from(body), secret, now, options: {}, id, type });
  return { provider, body, headers };
}

function payment(id: string, type: string, object: object): HandlerPost {
  const whole = { object: "payment_intent", metadata: {}, receipt_email: null, ...object };
  return { provider: "stripe", ...stripePost(stripeSecret, { id, type, object: whole }) };
}

const paid = "payment_intent.succeeded";
const order = payment("evt_order", paid, {
  amount: 4250,
  currency: "usd",
  receipt_email: "ada@example.com",
  metadata: { order_id: "order-1" },
});
const noOrder = payment("evt_no_order", paid, { amount: 4250, currency: "jpy" });
const unpaid = payment("evt_unpaid", "payment_intent.payment_failed", { amount: 1 });
function pushOf(id: string, more: object): HandlerPost {
  return signed("github", github, {
    secret: handlerSecrets.GITHUB_WEBHOOK_SECRET,
    payload: { ref: "refs/heads/main", ...more },
    id,
    type: "push",
  });
}

const push = pushOf("github-1", { after: "c0ffee", repository: { full_name: "octo-dev/hello" } });
/** It lacks what a generated schema asks for. */
export const unfitPush = pushOf("github-2", {});
const bought = signed("shopify", shopify, {
  secret: handlerSecrets.SHOPIFY_WEBHOOK_SECRET,
  payload: { id: 820982911946154500 },
  id: "shopify-1",
  type: "orders/create",
});
const mention = signed("slack", slack, {
  secret: handlerSecrets.SLACK_WEBHOOK_SECRET,
  payload: { event_id: "Ev1", event_time: 1_790_000_000, event: { type: "app_mention" } },
});
const dropped = { sg_event_id: "mail-1", event: "dropped", email: "ada@example.com" };
const opened = { sg_event_id: "mail-2", event: "open", email: "bob@example.com" };
const mails = signed("sendgrid", sendgrid, {
  secret: sendgridKeys.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  payload: [dropped, opened],
});

/** One of each sender, three of Stripe; SendGrid's tells two events. */
export const handlerPosts: readonly HandlerPost[] = [
  order,
  noOrder,
  unpaid,
  push,
  bought,
  mention,
  mails,
];

function asItCame({ provider, body }: HandlerPost) {
  return { provider, event: JSON.parse(body) };
}

/** What comes to the queue: the attribute `Type`, and the body. */
export const queuedOfHandlers: readonly (readonly [type: string, body: unknown])[] = [
  [
    "fulfill_order",
    { action: "fulfill_order", order_id: "order-1", amount: 4250, currency: "usd" },
  ],
  [paid, asItCame(noOrder)],
  ["payment_intent.payment_failed", asItCame(unpaid)],
  ["push", asItCame(push)],
  ["orders/create", asItCame(bought)],
  ["app_mention", asItCame(mention)],
  ["dropped", { provider: "sendgrid", event: dropped }],
  ["open", { provider: "sendgrid", event: opened }],
];

/** What the topic tells. */
export const noticesOfHandlers: readonly unknown[] = [
  { type: "payment_success", customer_email: "ada@example.com", amount: 42.5 },
  { type: "payment_success", customer_email: null, amount: 4250 },
];

/** The topic's subject. */
export const noticeSubject = "Webhook Event: payment_success";

/** Ids in the table. */
export const seenByHandlers: readonly string[] = [
  "evt_order",
  "evt_no_order",
  "evt_unpaid",
  "github-1",
  "shopify-1",
  "Ev1",
  "mail-1",
  "mail-2",
];
