/** The plugin in a scope of Fastify's that puts something before its paths. */
import { expect, test } from "vitest";
import { createGateway, surehook } from "../../src/adapters/fastify.ts";
import { defineGateway, secret } from "../../src/core/define.ts";
import { stripe } from "../../src/providers/stripe.ts";
import { scratch } from "../support/gateway-process.ts";
import { stripeSecret } from "../support/stripe-events.ts";
import { load } from "./frameworks.ts";

test("Fastify with a prefix is told where it belongs, in place of answering 404 to every sender", async () => {
  const folder = scratch("prefix");
  process.env["PREFIX_STRIPE"] = stripeSecret;
  const source = stripe({ path: "/hooks/stripe", secrets: [secret("PREFIX_STRIPE")] });
  const definition = defineGateway({ sources: { stripe: source }, destinations: {}, routes: [] });
  const gateway = createGateway(definition, { store: `${folder.path}/store.db` });
  const { default: makeApp } = await load("fastify");
  try {
    const below = makeApp().register(surehook, { gateway, prefix: "/api" });
    await expect(below.ready()).rejects.toMatchObject({
      code: "USAGE",
      message: expect.stringContaining('"/api/hooks/stripe"'),
    });
    await makeApp().register(surehook, { gateway }).ready();
  } finally {
    await gateway.stop();
    folder.remove();
  }
});
