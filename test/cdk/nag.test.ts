/** cdk-nag's AwsSolutions pack finds nothing that isn't acknowledged with its reason. */
import { App, Stack, Validations } from "aws-cdk-lib";
import { Bucket } from "aws-cdk-lib/aws-s3";
import { AwsSolutionsChecks } from "cdk-nag";
import { secret } from "surehook";
import { expect, it } from "vitest";
import { dynamodb, s3, salesforce, sqs, websocket } from "../../src/destinations/index.ts";
import { stripe } from "../../src/providers/index.ts";
import { build, gatewayOf } from "./stacks.ts";

const secrets = [secret("STRIPE_WEBHOOK_SECRET")];

it("finds nothing in a gateway of one source", () => {
  expect(() => build({ gateway: gatewayOf() }, { nag: true }).app.synth()).not.toThrow();
});

it("finds nothing in a gateway that has everything", () => {
  const gateway = gatewayOf(
    {
      table: dynamodb({ table: "WebhookEvents", payloadBucket: "payloads" }),
      kept: s3({ bucket: "kept" }),
      out: sqs({ queueUrl: "https://sqs.eu-west-1.amazonaws.com/111122223333/out" }),
      screens: websocket({ path: "/live", token: secret("LIVE_TOKEN") }),
      crm: salesforce({
        url: secret("SFDC_ENDPOINT"),
        token: {
          grant: "client_credentials",
          loginUrl: "https://example.my.salesforce.com",
          clientId: "id",
          clientSecret: secret("SFDC_SECRET"),
        },
      }),
    },
    { stripe: stripe({ path: "/webhook", secrets, authorizer: true, allowIps: ["192.0.2.1"] }) },
  );
  expect(() => build({ gateway, cdn: true }, { nag: true }).app.synth()).not.toThrow();
});

it("would find something", () => {
  const app = new App();
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  new Bucket(new Stack(app, "Open"), "Bucket");
  expect(() => app.synth()).toThrow("AwsSolutions-S1");
});
