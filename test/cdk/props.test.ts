/** What a stack is given that it can't be: told all at once, with what to do, before anything is built. */
import { App, CfnParameter, type CfnParameterProps, Duration, Stack } from "aws-cdk-lib";
import { Certificate } from "aws-cdk-lib/aws-certificatemanager";
import { Architecture } from "aws-cdk-lib/aws-lambda";
import { RetentionDays } from "aws-cdk-lib/aws-logs";
import { Topic } from "aws-cdk-lib/aws-sns";
import { Surehook } from "surehook/cdk";
import { describe, expect, it } from "vitest";
import { dynamodb, websocket } from "../../src/destinations/index.ts";
import { gatewayOf } from "./stacks.ts";

const gateway = gatewayOf({ table: dynamodb({ table: "Events" }) });
const entry = "surehook.config.ts";

function stackOf(): Stack {
  const app = new App({ context: { "aws:cdk:bundling-stacks": [] } });
  return new Stack(app, "Test", { env: { region: "eu-west-1", account: "000000000000" } });
}

function parameterOf(props: CfnParameterProps): CfnParameter {
  return new CfnParameter(stackOf(), "Given", props);
}

/** As plain JavaScript may call it; what it says where it refuses. */
function saidOf(props: unknown): string {
  const construct = (...given: readonly unknown[]) => Reflect.construct(Surehook, given);
  try {
    construct(stackOf(), "Gateway", props);
    return "";
  } catch (error) {
    expect(error).toMatchObject({ code: "CONFIG_INVALID" });
    return error instanceof Error ? error.message : "";
  }
}

describe("props that can't be", () => {
  it.each([
    ["no props", undefined, "gateway: expected the definition that the config exports"],
    ["no definition", { entry }, "it is undefined"],
    ["a config without one", { gateway: null, entry }, "it is null"],
    ["a module", { gateway: { default: gateway }, entry }, "it is a module: give what it has"],
    ["a promise", { gateway: Promise.resolve(gateway), entry }, "it is a promise: await it"],
    ["a path", { gateway: entry, entry }, "it is a string"],
    ["no entry", { gateway }, "entry: expected the path of the config's file"],
  ])("are %s", (_, props, text) => {
    expect(saidOf(props)).toContain(text);
  });

  it.each([
    ["stageName", null, "stageName: expected letters"],
    ["environmentSuffix", "", "environmentSuffix: expected letters"],
    ["functionNames", null, "functionNames: expected an object"],
    ["functionNames", { receiver: "a b" }, "functionNames.receiver: expected letters"],
    ["topicName", 5, "topicName: expected letters"],
    ["environment", { TABLE: undefined }, "environment.TABLE: expected a text; is it set"],
    ["environment", { "1A": "x" }, "environment.1A: expected a name"],
    [
      "secrets",
      { STRIPE_WEBHOOK_SECRET: "arn:…" },
      "secrets.STRIPE_WEBHOOK_SECRET: expected { secret",
    ],
    [
      "secrets",
      { STRIPE_WEBHOOK_SECRET: { parameter: parameterOf({}) } },
      "secrets.STRIPE_WEBHOOK_SECRET.parameter: expected one with noEcho: true",
    ],
    [
      "secrets",
      { STRIPE_WEBHOOK_SECRET: { parameter: parameterOf({ noEcho: true, default: "whsec_" }) } },
      "secrets.STRIPE_WEBHOOK_SECRET.parameter: expected one without a default",
    ],
    ["secretNames", "NAME", "secretNames: expected a list of names"],
    ["existing", null, "existing: expected an object with tables, buckets"],
    ["existing", { table: {} }, "existing.table: expected one of tables, buckets"],
    ["existing", { tables: { table: "Events" } }, "existing.tables.table: expected a table"],
    ["visibilityTimeout", 300, "visibilityTimeout: expected a Duration"],
    ["visibilityTimeout", Duration.days(2), "from 1 s to 12 hours"],
    ["visibilityTimeout", Duration.millis(500), "from 1 s to 12 hours"],
    ["retries", "que", 'retries: expected "engine" or "queue"'],
    ["retries", 3, 'retries: expected "engine" or "queue"'],
    ["throttle", { perSecond: 5 }, "throttle: expected { perSecond, burst }"],
    ["allowListByParameters", "false", "allowListByParameters: expected true or false"],
    ["cdn", "yes", "cdn: expected true, false or { names, certificate }"],
    ["cdn", { names: [] }, "cdn.names: expected at least one domain name"],
    ["cdn", { names: ["a.example"] }, "cdn.certificate: expected a certificate"],
    ["glacierAfter", 90, "glacierAfter: expected a Duration"],
    ["logRetention", 31, "logRetention: expected one of RetentionDays"],
    ["logLevel", "loud", 'logLevel: expected "debug" or'],
    ["architecture", "arm64", "architecture: expected Architecture.ARM_64"],
    ["memoryMb", "512", "memoryMb: expected a whole number"],
    ["shards", 0, "shards: expected a whole number"],
    ["alarmTopic", "arn:…", "alarmTopic: expected a topic"],
    ["retain", "false", "retain: expected true or false"],
    ["setsLogRole", 1, "setsLogRole: expected true or false"],
    ["cnd", true, "cnd: there is no such prop; did you mean cdn?"],
  ])("are %s: %#", (prop, value, text) => {
    expect(saidOf({ gateway, entry, [prop]: value })).toContain(text);
  });

  it("are told all at once, with what is wrong in the definition", () => {
    const wrong = { ...gateway, routes: [{ to: "nowhere" }] };
    const said = saidOf({ gateway: wrong, retries: "never", cdn: { names: [] } });
    for (const place of ["routes[0].to", "entry", "retries", "cdn.names", "cdn.certificate"]) {
      expect(said).toMatch(new RegExp(`^${place.replaceAll(/[.[\]]/g, "\\$&")}: `, "m"));
    }
  });
});

describe("props that can be", () => {
  it("are all of them, also where more is given", () => {
    const stack = stackOf();
    const certificateArn = "arn:aws:acm:us-east-1:000000000000:certificate/1";
    const certificate = Certificate.fromCertificateArn(stack, "Certificate", certificateArn);
    const screens = websocket({ path: "/live", open: true });
    const built = new Surehook(stack, "Gateway", {
      gateway: gatewayOf({ table: dynamodb({ table: "Events" }), screens }),
      entry,
      stageName: "v1",
      environmentSuffix: "dev",
      functionNames: { receiver: "take" },
      topicName: "told",
      environment: { REGION: stack.region },
      secretNames: ["TENANT_SECRET"],
      existing: {},
      visibilityTimeout: Duration.minutes(5),
      retries: "queue",
      throttle: { perSecond: 0.5, burst: 1 },
      allowListByParameters: false,
      cdn: { names: ["hooks.example"], certificate },
      glacierAfter: Duration.days(30),
      logRetention: RetentionDays.ONE_WEEK,
      logLevel: "warn",
      architecture: Architecture.X86_64,
      memoryMb: 1024,
      shards: 16,
      alarmTopic: new Topic(stack, "Alarms"),
      retain: true,
      setsLogRole: false,
      ...{ owner: "the shop" },
    });
    expect(built.functions.receiver.function).toBeDefined();
  });
});
