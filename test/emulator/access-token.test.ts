/** An access token on AWS: sealed in the table, and shown in Parameter Store. */
import { DescribeParametersCommand, GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { expect, it } from "vitest";
import { consumer, receiver, refresher } from "../../src/app/lambda/index.ts";
import { defineGateway, secret } from "../../src/core/define.ts";
import { salesforce } from "../../src/destinations/index.ts";
import { openAws } from "../../src/engines/aws/index.ts";
import { stripe } from "../../src/providers/index.ts";
import { newPlace } from "../support/aws-store.ts";
import { openSalesforce } from "../support/fake-salesforce.ts";
import { stripeSecret } from "../support/stripe-events.ts";
import { freshName, onEmulator } from "./emulated.ts";
import { keepEnvironment, stripeRequest, wakeOf } from "./function-world.ts";

const invocation = { getRemainingTimeInMillis: () => 10_000 };
const sources = { stripe: stripe({ path: "/stripe", secrets: [secret("STRIPE_SECRET")] }) };

onEmulator("an access token", () => {
  keepEnvironment();

  it("is taken at first use, shown in Parameter Store with its end, and renewed by the refresher", async () => {
    const server = await openSalesforce();
    const place = await newPlace();
    const prefix = `/surehook/${freshName("stack")}`;
    Object.assign(process.env, {
      SUREHOOK_TABLE: place.table,
      SUREHOOK_BUCKET: place.bucket,
      SUREHOOK_BUS: "default",
      SUREHOOK_QUEUE_URL: "http://127.0.0.1:9/queue",
      SUREHOOK_PARAMETER_PREFIX: prefix,
      SUREHOOK_KEY: "a text of any length",
      SUREHOOK_LOG_LEVEL: "silent",
      STRIPE_SECRET: stripeSecret,
      SFDC_CLIENT_SECRET: "19552799256752415",
    });
    const gateway = defineGateway({
      sources,
      destinations: {
        crm: salesforce({
          url: server.apexUrl,
          token: {
            grant: "client_credentials",
            loginUrl: server.url,
            clientId: "3MVG9.consumer.key",
            clientSecret: secret("SFDC_CLIENT_SECRET"),
          },
          allowPrivate: true,
        }),
      },
      routes: [{ to: "crm" }],
    });
    const engine = await openAws({ ...place, clock: Date.now, retentionMs: 86_400_000 });
    await receiver(gateway)(stripeRequest().event);
    await consumer(gateway)(await wakeOf(engine), invocation);
    expect(server.records).toHaveLength(1);
    const ssm = new SSMClient({});
    const Name = `${prefix}/crm`;
    const shown = async () =>
      (await ssm.send(new GetParameterCommand({ Name, WithDecryption: true }))).Parameter?.Value;
    expect(await shown()).toBe(server.issued[0]);
    const about = await ssm.send(
      new DescribeParametersCommand({ ParameterFilters: [{ Key: "Name", Values: [Name] }] }),
    );
    expect(about.Parameters?.[0]).toMatchObject({ Type: "SecureString", Tier: "Advanced" });

    const notified = {
      detail: { "parameter-name": Name, "policy-type": "ExpirationNotification" },
    };
    expect(await refresher(gateway)(notified)).toEqual({ renewed: ["crm"] });
    expect(server.issued).toHaveLength(2);
    expect(await shown()).toBe(server.issued[1]);
    expect(await refresher(gateway)({})).toEqual({ renewed: ["crm"] });
    await Promise.all([engine.close(), server.close()]);
  });
});
