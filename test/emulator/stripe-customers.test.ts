/** examples/stripe-customers, deployed: a new customer of Stripe is an item of the table. */
import { GetFunctionCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, expect, it } from "vitest";
import { stripePost } from "../support/stripe-posts.ts";
import { until } from "../support/until.ts";
import { call } from "./api-client.ts";
import { type Deployment, deploy } from "./deployment.ts";
import { freshName, onEmulator } from "./emulated.ts";
import { emulatorFacts } from "./facts.ts";
import { fillSecret } from "./filled.ts";
import { itemsOf } from "./items.ts";
import { leftOvers } from "./left-overs.ts";

const suffix = freshName("e2e");
const secret = "whsec_of_the_test";

onEmulator("stripe-customers, deployed", () => {
  let deployment: Deployment | undefined;
  let outputs: Readonly<Record<string, string>> = {};

  beforeAll(async () => {
    const context = { environmentSuffix: suffix };
    deployment = await deploy("stripe-customers", { context, env: emulatorFacts().env });
    outputs = deployment.outputs[`StripeCustomers-${suffix}`] ?? {};
    await fillSecret(outputs["SecretArn"], { STRIPE_WEBHOOK_SECRET: secret });
  });

  afterAll(async () => {
    await deployment?.destroy();
  });

  async function post(id: string, type: string, customer: string): Promise<number> {
    const object = { id: customer, object: "customer", name: "Ada", email: "ada@example.com" };
    const signed = stripePost(secret, { id, type, object: { ...object, created: 1_790_000_000 } });
    return (await call(outputs["ApiUrl"] ?? "", "/webhook", signed)).status;
  }

  const customers = () => itemsOf(outputs["TableName"]);

  it("has the functions by their names", async () => {
    for (const name of ["stripeWebhookHandler", "createCustomerHandler"]) {
      const FunctionName = `${name}-${suffix}`;
      const { Configuration } = await new LambdaClient().send(
        new GetFunctionCommand({ FunctionName }),
      );
      expect(Configuration?.Runtime).toBe("nodejs24.x");
    }
  });

  it("keeps a new customer, and nobody who is only changed", async () => {
    expect(await post("evt_changed", "customer.updated", "cus_changed")).toBe(200);
    expect(await post("evt_new", "customer.created", "cus_new")).toBe(200);
    const items = await until("the new customer", async () => {
      const found = await customers();
      return found.length > 0 && found;
    });
    expect(items).toEqual([
      {
        id: { S: "cus_new" },
        name: { S: "Ada" },
        email: { S: "ada@example.com" },
        created: { N: "1790000000" },
      },
    ]);
  });

  it("is deployed once more beside itself, by another suffix", async () => {
    const other = freshName("e2e");
    const context = { environmentSuffix: other };
    const beside = await deploy("stripe-customers", { context, env: emulatorFacts().env });
    try {
      const seen = (await leftOvers(other)).join("\n");
      for (const name of ["events", "webhooks"]) {
        expect(seen).toContain(`StripeCustomers-${other}-${name}`);
      }
    } finally {
      await beside.destroy();
    }
    expect((await leftOvers(other)).filter((name) => name.includes(other))).toEqual([]);
  });

  it("leaves nothing when it is destroyed", async () => {
    await deployment?.destroy();
    deployment = undefined;
    expect(await leftOvers(suffix)).toEqual([]);
  });
});
