/** examples/live-payments, deployed: what is posted is seen by everyone who is connected. */
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { joinLive } from "../support/live-peer.ts";
import { stripePost } from "../support/stripe-posts.ts";
import { until } from "../support/until.ts";
import { call } from "./api-client.ts";
import { type Deployment, deploy } from "./deployment.ts";
import { freshName, onEmulator } from "./emulated.ts";
import { emulatorFacts } from "./facts.ts";
import { leftOvers } from "./left-overs.ts";

const suffix = freshName("e2e");
const stack = `serverless-payment-service-${suffix}`;
const secrets = { StripeEndpointSecret: "whsec_of_the_test", SigningSecret: "of-the-shop" };

onEmulator("live-payments, deployed", () => {
  let deployment: Deployment | undefined;
  let outputs: Readonly<Record<string, string>> = {};

  beforeAll(async () => {
    const given = Object.entries(secrets).map(([name, value]) => [`${stack}:${name}`, value]);
    deployment = await deploy("live-payments", {
      context: { environmentSuffix: suffix },
      parameters: {
        ...Object.fromEntries(given),
        [`${stack}-waf:EnableWebhookIpAllowList`]: "true",
        [`${stack}-waf:AllowedWebhookCidrs`]: "192.0.2.0/24",
      },
      env: emulatorFacts().env,
    });
    outputs = deployment.outputs[stack] ?? {};
  });

  afterAll(async () => {
    await deployment?.destroy();
  });

  /** A client, by AWS's own host name, at the emulator's address. */
  function join(protocols: readonly string[] = [], saying?: unknown) {
    const { endpoint, certFile } = emulatorFacts();
    const address = new URL(outputs["WebSocketApiUrl"] ?? "");
    return joinLive(`wss://${new URL(endpoint).host}${address.pathname}`, {
      headers: { host: address.host },
      ca: readFileSync(certFile),
      protocols,
      saying,
    });
  }

  /** What the curl line of the system's acceptance test sends. */
  function shopPost(body: string) {
    const signature = createHmac("sha256", secrets.SigningSecret).update(body).digest("hex");
    const headers = { "X-Event-Type": "test.payment.succeeded", "X-Signature": signature };
    return call(outputs["RestApiInvokeUrl"] ?? "", "", { body, headers });
  }

  it("says where it is, as it always did", () => {
    expect(Object.keys(outputs)).toEqual(
      expect.arrayContaining(["RestApiInvokeUrl", "WebSocketApiUrl"]),
    );
    expect(deployment?.outputs[`${stack}-cdn`]).toHaveProperty("CloudFrontDomainName");
    expect(outputs["WebSocketApiUrl"]).toMatch(/\/prod$/);
  });

  it("shows each client the bare payload, and the same one again", async () => {
    const [one, other] = [await join(), await join()];
    const body = '{"test":"ok"}';
    expect((await shopPost(body)).status).toBe(200);
    await Promise.all([one.have(1), other.have(1)]);
    expect((await shopPost(body)).status).toBe(200);
    await Promise.all([one.have(2), other.have(2)]);
    expect(one.texts()).toEqual([body, body]);
    expect(other.texts()).toEqual([body, body]);
    await one.leave();
    await other.leave();
  });

  it("shows what Stripe signs, at the same address", async () => {
    const client = await join();
    const object = { id: "pi_1", object: "payment_intent" };
    const type = "payment_intent.succeeded";
    const signed = stripePost(secrets.StripeEndpointSecret, { id: "evt_1", type, object });
    const answer = await call(outputs["RestApiInvokeUrl"] ?? "", "", signed);
    expect(answer.status).toBe(200);
    await client.have(1);
    expect(client.texts()).toEqual([signed.body]);
    await client.leave();
  });

  it("has clients of surehook.v1 choose types, and resume after a cut", async () => {
    const post = async (id: string, type: string) => {
      const object = { id: "pi_1", object: "payment_intent" };
      const signed = stripePost(secrets.StripeEndpointSecret, { id, type, object });
      expect((await call(outputs["RestApiInvokeUrl"] ?? "", "", signed)).status).toBe(200);
    };
    const before = await join(["surehook.v1"], { subscribe: ["payment_intent.*"] });
    await before.have(1);
    await post("evt_unwanted", "customer.created");
    await post("evt_seen", "payment_intent.created");
    await before.have(2);
    expect(before.events()).toMatchObject([
      { providerEventId: "evt_seen", type: "payment_intent.created", source: "stripe" },
    ]);
    const [seen] = before.events();
    before.socket.terminate();
    const witness = await join();
    await post("evt_missed", "payment_intent.succeeded");
    await witness.have(1);
    const after = await join(["surehook.v1"], { resume: seen?.id });
    await until("the answer", () => after.answers().length > 0);
    expect(after.answers()).toMatchObject([{ ok: "resume" }]);
    const ids = () => after.events().map(({ providerEventId }) => providerEventId);
    expect(ids()).toContain("evt_missed");
    expect(ids()).not.toContain("evt_seen");
    await post("evt_live", "payment_intent.canceled");
    await until("what is live", () => ids().includes("evt_live"));
    expect(after.events().at(-1)).toMatchObject({ providerEventId: "evt_live" });
    await witness.leave();
    await after.leave();
  });

  it("refuses what neither signed", async () => {
    const answer = await call(outputs["RestApiInvokeUrl"] ?? "", "", { body: "{}" });
    expect([answer.status, JSON.parse(answer.body).code]).toEqual([401, "MISSING_SIGNATURE"]);
  });

  it("leaves nothing when it is destroyed", async () => {
    await deployment?.destroy();
    deployment = undefined;
    expect(await leftOvers(suffix)).toEqual([]);
  });
});
