/** What Stripe's part has on Lambda beside its handlers: payments are told to a topic, in the units that people write. */
import { type LambdaTemplates, testsOf } from "./templates.ts";

const majorUnits = `
/**
 * Currencies whose smallest unit isn't a hundredth: https://docs.stripe.com/currencies. (ISK and UGX have none
 * smaller either, but Stripe writes them in hundredths.)
 */
const withoutUnits = "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split(" ");
const inThousandths = "bhd jod kwd omr tnd".split(" ");

/** An amount of Stripe's as people write it: 4200 of \`usd\` is 42, of \`jpy\` 4200. */
export function majorUnits(amount«: number», currency«: string»)«: number» {
  const name = currency.toLowerCase();
  if (withoutUnits.includes(name)) return amount;
  return amount / (inThousandths.includes(name) ? 1000 : 100);
}
`;

const paymentNotice = `
«import type { CodeEvent } from "surehook/destinations";»
«import type { PaymentIntentSucceeded } from "../handlers/stripe/types.ts";»
import { majorUnits } from "./major-units.ts";

/** What the topic tells of a payment. */
export function transform(event«: CodeEvent<PaymentIntentSucceeded>»)«: unknown» {
  const { receipt_email = null, amount, currency } = event.payload.data.object;
  return {
    type: "payment_success",
    customer_email: receipt_email,
    amount: majorUnits(amount, currency),
  };
}
`;

const tests = testsOf(
  "stripe",
  `
const succeeded = JSON.stringify({
  id: "evt_functions_1",
  type: "payment_intent.succeeded",
  created: Math.floor(Date.now() / 1000),
  data: {
    object: {
      id: "pi_functions_1",
      amount: 4250,
      currency: "usd",
      receipt_email: "ada@example.com",
      metadata: { order_id: "order-of-functions" },
    },
  },
});

function post(eventOf«: typeof httpEvent», now = Date.now())«: Promise<Response>» {
  const body = Buffer.from(succeeded);
  const signed = stripe.sign({ body, secret, now, options: {}, id: "", type: "" });
  return webhooks.post("/webhooks/stripe", body, signed.headers, eventOf);
}

test("a paid order is answered alike from an HTTP API and a REST API, and comes once to each", async () => {
  const first = await post(httpEvent);
  assert.equal(first.status, 200);
  const answer = await first.text();
  assert.match(answer, /"received":true,"eventId":"evt_functions_1"/);
  assert.equal(await (await post(restEvent)).text(), answer);
  const isPaid = async () => (await stateOf("orders", "order-of-functions")) === "paid";
  await until("the order is paid", isPaid);
  await until("a worker is told", async () => webhooks.lines("sqs", "work").length > 0);
  const [work, ...more] = webhooks.lines("sqs", "work");
  assert.deepEqual(more, []);
  assert.deepEqual(JSON.parse(work["MessageBody"]), {
    action: "fulfill_order",
    order_id: "order-of-functions",
    amount: 4250,
    currency: "usd",
  });
  assert.equal(work["MessageAttributes"].Type.StringValue, "fulfill_order");
  await until("the topic is told", async () => webhooks.lines("sns", "notices").length > 0);
  const [notice] = webhooks.lines("sns", "notices");
  assert.equal(notice["Subject"], "Webhook Event: payment_success");
  assert.deepEqual(JSON.parse(notice["Message"]), {
    type: "payment_success",
    customer_email: "ada@example.com",
    amount: 42.5,
  });
});

test("a REST API's request with an old signature is refused with 401", async () => {
  const stale = await post(restEvent, Date.now() - 301_000);
  assert.equal(stale.status, 401);
  assert.match(await stale.text(), /"code":"TIMESTAMP_TOO_OLD"/);
});
`,
).replace("{ openWebhooks, ", "{ httpEvent, openWebhooks, restEvent, ");

/** Stripe's part on Lambda. */
export const stripeOnLambda: LambdaTemplates = {
  files: { "middleware/major-units": majorUnits, "middleware/payment-notice": paymentNotice },
  tests,
  parts: (webhooks, ending) => ({
    destinations: {
      topic: {
        kind: "sns",
        topicArn: { secret: "SNS_TOPIC_ARN" },
        subject: "Webhook Event: {payload.type}",
      },
    },
    routes: [
      {
        from: "stripe",
        types: ["payment_intent.succeeded"],
        to: "topic",
        transform: `${webhooks}/middleware/payment-notice.${ending}`,
      },
    ],
  }),
};
