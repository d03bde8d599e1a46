/** examples/stripe-to-salesforce, deployed: what Stripe tells is a record at Salesforce, whatever its token does. */
import { DeleteItemCommand, DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { DescribeParametersCommand, GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type FakeSalesforce, openSalesforce } from "../support/fake-salesforce.ts";
import { stripePost } from "../support/stripe-posts.ts";
import { until } from "../support/until.ts";
import { actsOf } from "./acts.ts";
import { call } from "./api-client.ts";
import { type Deployment, deploy } from "./deployment.ts";
import { freshName, onEmulator } from "./emulated.ts";
import { emulatorFacts } from "./facts.ts";
import { leftOvers } from "./left-overs.ts";

const suffix = freshName("e2e");
const stack = `StripeToSalesforce-${suffix}`;
const secretName = `${suffix}/surehook-stripe-secrets`;
const signing = { STRIPE_ENDPOINT_SECRET: "whsec_endpoint", CLI_ENDPOINT_SECRET: "whsec_cli" };

onEmulator("stripe-to-salesforce, deployed", () => {
  let salesforce: FakeSalesforce | undefined;
  let deployment: Deployment | undefined;
  let outputs: Readonly<Record<string, string>> = {};

  beforeAll(async () => {
    salesforce = await openSalesforce({ clientId: "key", clientSecret: "secret" });
    const SecretString = JSON.stringify({
      ...signing,
      SFDC_ENDPOINT: salesforce.apexUrl,
      SFDC_LOGIN_URL: salesforce.url,
      SFDC_CLIENT_ID: "key",
      SFDC_CLIENT_SECRET: "secret",
    });
    const client = new SecretsManagerClient();
    await client.send(new CreateSecretCommand({ Name: secretName, SecretString }));
    const context = { environmentSuffix: suffix, salesforceIsPrivate: "true" };
    deployment = await deploy("stripe-to-salesforce", { context, env: emulatorFacts().env });
    outputs = deployment.outputs[stack] ?? {};
  });

  afterAll(async () => {
    await deployment?.destroy();
    await salesforce?.close();
  });

  function post(id: string, secret: string) {
    const object = { id: "pi_1", object: "payment_intent" };
    const signed = stripePost(secret, { id, type: "payment_intent.succeeded", object });
    return call(outputs["ApiUrl"] ?? "", "", signed);
  }

  function recordOf(id: string) {
    return until(`the record of ${id}`, () =>
      salesforce?.records.find(({ body }) => body.includes(`"${id}"`)),
    );
  }

  it("posts the first event with a token that nobody took before", async () => {
    expect((await post("evt_first", signing.STRIPE_ENDPOINT_SECRET)).status).toBe(200);
    await recordOf("evt_first");
    expect(salesforce?.logins).toHaveLength(1);
  });

  it("takes events of `stripe listen` too", async () => {
    expect((await post("evt_cli", signing.CLI_ENDPOINT_SECRET)).status).toBe(200);
    await recordOf("evt_cli");
  });

  it("shows the token in a secure parameter that tells its end", async () => {
    const Name = `/surehook/${stack}/crm`;
    const { Parameter } = await new SSMClient().send(
      new GetParameterCommand({ Name, WithDecryption: true }),
    );
    expect(Parameter?.Type).toBe("SecureString");
    expect(Parameter?.Value).toBe(salesforce?.issued.at(-1));
    const Filters = [{ Key: "Name" as const, Values: [Name] }];
    const { Parameters = [] } = await new SSMClient().send(
      new DescribeParametersCommand({ Filters }),
    );
    expect(Parameters[0]?.Tier).toBe("Advanced");
    // The emulator gives the policies as the text that was put.
    expect(JSON.stringify(Parameters[0]?.Policies)).toContain("ExpirationNotification");
  });

  it("takes a new token when the old one is refused", async () => {
    salesforce?.revoke();
    expect((await post("evt_revoked", signing.STRIPE_ENDPOINT_SECRET)).status).toBe(200);
    await recordOf("evt_revoked");
    expect(salesforce?.logins).toHaveLength(2);
  });

  it("takes a new token when it is told that the old one ends", async () => {
    const before = salesforce?.issued.length ?? 0;
    const detail = {
      "parameter-name": `/surehook/${stack}/crm`,
      "policy-type": "ExpirationNotification",
    };
    const Payload = JSON.stringify({ "detail-type": "Parameter Store Policy Action", detail });
    const FunctionName = outputs["TokenRefresher"];
    const { FunctionError, Payload: said } = await new LambdaClient().send(
      new InvokeCommand({ FunctionName, Payload }),
    );
    const answer = JSON.parse(Buffer.from(said ?? []).toString());
    expect([FunctionError, answer]).toEqual([undefined, { renewed: ["crm"] }]);
    expect(salesforce?.issued.length).toBe(before + 1);
  });

  it("takes a token by hand where there is none", async () => {
    const table = { TableName: outputs["SurehookTable"] };
    const { Items = [] } = await new DynamoDBClient().send(new ScanCommand(table));
    const values = Items.flatMap(({ pk }) => (pk?.S?.startsWith("~value#") ? [pk] : []));
    expect(values).toHaveLength(1);
    for (const pk of values) {
      await new DynamoDBClient().send(new DeleteItemCommand({ ...table, Key: { pk } }));
    }
    const before = salesforce?.issued.length ?? 0;
    const FunctionName = outputs["TokenRefresher"];
    await new LambdaClient().send(new InvokeCommand({ FunctionName, Payload: "{}" }));
    expect(salesforce?.issued.length).toBe(before + 1);
  });

  it("has the refresher do all that its role may, and try nothing else", async () => {
    // CloudFormation cuts the name of the role.
    expect(await actsOf(stack, "GatewayRefresh")).toEqual({
      "dynamodb:GetItem": true,
      "dynamodb:PutItem": true,
      "dynamodb:UpdateItem": true,
      "secretsmanager:GetSecretValue": true,
      "ssm:PutParameter": true,
    });
  });

  it("leaves nothing when it is destroyed but the secret that was there before", async () => {
    await deployment?.destroy();
    deployment = undefined;
    expect(await leftOvers(suffix)).toEqual([secretName]);
    await new SecretsManagerClient().send(
      new DeleteSecretCommand({ SecretId: secretName, ForceDeleteWithoutRecovery: true }),
    );
  });
});
