/** Stacks of definitions, synthesized without bundling: what tests of templates look at. */
import { App, Stack, Validations } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { AwsSolutionsChecks } from "cdk-nag";
import { defineGateway, secret } from "surehook";
import { Surehook, type SurehookProps } from "surehook/cdk";
import type { DestinationDefinition, SourceDefinition } from "../../src/core/define.ts";
import {
  dynamodb,
  eventbridge,
  s3,
  salesforce,
  sns,
  sqs,
  websocket,
} from "../../src/destinations/index.ts";
import { asana, stripe } from "../../src/providers/index.ts";

/** A definition of one source and the given destinations. */
export function gatewayOf(
  destinations: Readonly<Record<string, DestinationDefinition>> = {},
  sources: Readonly<Record<string, SourceDefinition>> = {
    stripe: stripe({ path: "/webhook", secrets: [secret("STRIPE_WEBHOOK_SECRET")] }),
  },
) {
  return defineGateway({ sources, destinations, routes: [] });
}

/** A definition that asks for every part that a deployment may have. */
export function gatewayOfEverything() {
  const secrets = [secret("STRIPE_WEBHOOK_SECRET")];
  return gatewayOf(
    {
      table: dynamodb({ table: "WebhookEvents", payloadBucket: "payloads" }),
      kept: s3({ bucket: "kept" }),
      out: sqs({ queueUrl: "https://sqs.eu-west-1.amazonaws.com/111122223333/out" }),
      told: sns({ topicArn: "arn:aws:sns:eu-west-1:111122223333:told" }),
      orders: eventbridge({ bus: "orders" }),
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
    {
      stripe: stripe({ path: "/webhook", secrets, authorizer: true, allowIps: ["192.0.2.1"] }),
      asana: asana({ path: "/asana", learn: true, secrets: [] }),
    },
  );
}

/** A stack with a gateway, and those that it made beside it. */
export type Built = {
  readonly app: App;
  readonly stack: Stack;
  readonly gateway: Surehook;
  readonly template: Template;
  /** Templates of all stacks by the ends of their names: `waf`, `cdn`. */
  readonly beside: (ending: string) => Template | undefined;
};

/** What needs the stack, or is for the whole app. */
export type BuildOptions = {
  /** Runs cdk-nag at synthesis. */
  readonly nag?: boolean;
  readonly existing?: (stack: Stack) => NonNullable<SurehookProps["existing"]>;
  readonly secrets?: (stack: Stack) => NonNullable<SurehookProps["secrets"]>;
};

/** Builds a gateway. */
export function build(
  props: Omit<SurehookProps, "entry">,
  { nag = false, existing, secrets }: BuildOptions = {},
): Built {
  const app = new App({ context: { "aws:cdk:bundling-stacks": [] } });
  if (nag) Validations.of(app).addPlugins(new AwsSolutionsChecks(app, { verbose: true }));
  const stack = new Stack(app, "Test", { env: { region: "eu-west-1", account: "000000000000" } });
  const gateway = new Surehook(stack, "Gateway", {
    ...props,
    ...(existing === undefined ? {} : { existing: existing(stack) }),
    ...(secrets === undefined ? {} : { secrets: secrets(stack) }),
    entry: "surehook.config.ts",
  });
  const stackOf = (ending: string) => app.node.tryFindChild(`Test-${ending}`);
  return {
    app,
    stack,
    gateway,
    get template() {
      return Template.fromStack(stack);
    },
    beside: (ending) => {
      const found = stackOf(ending);
      return found instanceof Stack ? Template.fromStack(found) : undefined;
    },
  };
}

/** How many resources of each type a template has. */
export function countsOf(template: Template): Readonly<Record<string, number>> {
  const { Resources } = template.toJSON();
  const types = Object.values<{ readonly Type: string }>(Resources).map(({ Type }) => Type);
  const groups = Map.groupBy(types, (type) => type);
  return Object.fromEntries([...groups].map(([type, list]) => [type, list.length]));
}
