/** What would be built as something else than the definition names, or couldn't be deployed: refused, with what to do. */
import { App, Stack } from "aws-cdk-lib";
import { Certificate } from "aws-cdk-lib/aws-certificatemanager";
import { Table } from "aws-cdk-lib/aws-dynamodb";
import { Bucket } from "aws-cdk-lib/aws-s3";
import { secret } from "surehook";
import { Surehook, type SurehookProps } from "surehook/cdk";
import { describe, expect, it } from "vitest";
import type { DestinationDefinition } from "../../src/core/define.ts";
import { dynamodb, s3, websocket } from "../../src/destinations/index.ts";
import { square, stripe } from "../../src/providers/index.ts";
import { build, countsOf, gatewayOf } from "./stacks.ts";

const tableArn = "arn:aws:dynamodb:eu-central-1:111122223333:table/Events";
const pointArn = "arn:aws:s3:eu-west-1:111122223333:accesspoint/events";
const secrets = [secret("STRIPE_WEBHOOK_SECRET")];
const at = (path: string) => stripe({ path, secrets });

const existing = (stack: Stack) => ({
  tables: { out: Table.fromTableArn(stack, "Table", tableArn) },
  buckets: { kept: Bucket.fromBucketName(stack, "Bucket", "there") },
});

/** What `gateway` is given beside a definition. */
function refused(props: Omit<SurehookProps, "entry">): string {
  try {
    build(props);
    return "";
  } catch (error) {
    expect(error).toMatchObject({ code: "CONFIG_INVALID" });
    return error instanceof Error ? error.message : "";
  }
}

describe("a table or bucket that can't be built as it is named", () => {
  it.each<[string, DestinationDefinition, string]>([
    [
      "table",
      dynamodb({ table: tableArn }),
      "not an ARN. Give the one that is there under existing.tables.out",
    ],
    ["table", dynamodb({ table: secret("TABLE") }), "not a secret. Give the one"],
    ["region", dynamodb({ table: "Events", region: "eu-central-1" }), "expected eu-west-1, since"],
    ["endpoint", dynamodb({ table: "Events", endpoint: "https://a.example" }), "expected none"],
    [
      "bucket",
      s3({ bucket: pointArn }),
      "not an ARN. Give the one that is there under existing.buckets.out",
    ],
    ["bucket", s3({ bucket: secret("BUCKET") }), "not a secret. Give the one"],
    ["region", s3({ bucket: "kept", region: "us-east-1" }), "expected eu-west-1, since"],
  ])("is refused for its %s: %#", (option, out, text) => {
    const said = refused({ gateway: gatewayOf({ out }) });
    expect(said).toContain(`destinations.out.${option}: `);
    expect(said).toContain(text);
  });

  it("is taken where it is given, wherever it is, and where its region is the stack's", () => {
    const out = dynamodb({ table: tableArn, region: "eu-central-1" });
    const kept = s3({ bucket: secret("BUCKET"), region: "us-east-1" });
    const own = s3({ bucket: "own", region: "eu-west-1" });
    const { gateway } = build({ gateway: gatewayOf({ out, kept, own }) }, { existing });
    expect(Object.keys(gateway.destinations.tables)).toEqual([]);
    expect(Object.keys(gateway.destinations.buckets)).toEqual(["own"]);
  });
});

describe("destinations of one table or bucket", () => {
  const table = dynamodb({ table: "Events" });
  const kept = s3({ bucket: "kept" });

  it("share it", () => {
    const one = build({ gateway: gatewayOf({ table, kept }) }, { nag: true });
    const both = build(
      { gateway: gatewayOf({ table, other: table, kept, more: kept }) },
      { nag: true },
    );
    expect(countsOf(both.template)).toEqual(countsOf(one.template));
    const { tables, buckets } = both.gateway.destinations;
    expect(tables["other"]).toBe(tables["table"]);
    expect(buckets["more"]).toBe(buckets["kept"]);
    const told = Object.values(both.template.findResources("AWS::Lambda::Function")).flatMap(
      ({ Properties }) => Properties.Environment?.Variables?.SUREHOOK_RESOURCES ?? [],
    );
    expect(JSON.stringify(told)).toMatch(/other.*more/);
  });

  it("are refused where they want another key or end", () => {
    const mapping = { id: "data.object.id", until: "data.object.until" };
    const mapped = dynamodb({ table: "Events", mapping });
    const ending = dynamodb({ table: "Events", mapping, ttl: "until" });
    expect(refused({ gateway: gatewayOf({ table, mapped }) })).toContain(
      "destinations.mapped.table: table names Events too, with another key or ttl",
    );
    expect(refused({ gateway: gatewayOf({ mapped, ending }) })).toContain("another key or ttl");
  });

  it("are refused where only one of them is given", () => {
    const gateway = gatewayOf({ out: table, other: table });
    const given = (stack: Stack) => ({ tables: existing(stack).tables });
    expect(() => build({ gateway }, { existing: given })).toThrow(
      "destinations.other.table: out names Events too, and has it by existing",
    );
  });
});

describe("a secret in the clear", () => {
  it("is refused under environment", () => {
    const environment = { STRIPE_WEBHOOK_SECRET: "whsec_of_somebody", OTHER: "text" };
    const said = refused({ gateway: gatewayOf(), environment });
    expect(said).toContain("environment.STRIPE_WEBHOOK_SECRET: the secret of that name");
    expect(said).not.toContain("whsec_of_somebody");
    expect(said).not.toContain("environment.OTHER");
  });

  it("is refused too where only secretNames has it", () => {
    const props = { secretNames: ["TENANT_A"], environment: { TENANT_A: "text" } };
    expect(refused({ gateway: gatewayOf(), ...props })).toContain(
      "environment.TENANT_A: the secret",
    );
  });
});

describe("a sender that signs its address, behind CloudFront", () => {
  const sources = { square: square({ path: "/square", secrets: [secret("SQUARE_KEY")] }) };
  const gateway = gatewayOf({}, sources);
  const told = ({ template }: { template: ReturnType<typeof build>["template"] }) =>
    Object.values(template.findResources("AWS::Lambda::Function")).flatMap(
      ({ Properties }) => Properties.Environment?.Variables?.SUREHOOK_PUBLIC_URL ?? [],
    );

  it("is refused without an address that it could be given", () => {
    const said = refused({ gateway, cdn: true });
    expect(said).toContain("publicUrl: expected the address that senders post to, since Square");
    expect(said).toContain("CloudFrontDomainName");
    expect(refused({ gateway })).toBe("");
    expect(refused({ gateway: gatewayOf(), cdn: true })).toBe("");
  });

  it("is told the definition's address", () => {
    const publicUrl = "https://hooks.example.com";
    const built = build({ gateway: { ...gateway, publicUrl }, cdn: true });
    expect(new Set(told(built))).toEqual(new Set([publicUrl]));
  });

  it("is told the name of CloudFront's own domain", () => {
    const stack = new Stack(new App(), "Certificates");
    const arn = "arn:aws:acm:us-east-1:000000000000:certificate/1";
    const certificate = Certificate.fromCertificateArn(stack, "Certificate", arn);
    const names = ["*.hooks.example", "pay.hooks.example"];
    const built = build({ gateway, cdn: { names, certificate } });
    expect(new Set(told(built))).toEqual(new Set(["https://pay.hooks.example"]));
    const many = { names: ["*.hooks.example"], certificate };
    expect(refused({ gateway, cdn: many })).toContain("publicUrl: expected");
  });
});

describe("names", () => {
  const gateway = gatewayOf();

  it.each<[string, Partial<SurehookProps>, string]>([
    [
      "a variable of Lambda's",
      { environment: { AWS_REGION: "eu-west-1" } },
      "environment.AWS_REGION: Lambda sets",
    ],
    [
      "a function's that is too long with its suffix",
      { functionNames: { receiver: "r".repeat(60) }, environmentSuffix: "staging" },
      "functionNames.receiver: expected at most 64 characters with the environmentSuffix",
    ],
    [
      "one of two functions",
      { functionNames: { receiver: "same", consumer: "same" } },
      "functionNames: expected a name for each; receiver and consumer have same",
    ],
    [
      "one of no function",
      { functionNames: { broadcaster: "b" } },
      "functionNames.broadcaster: nothing",
    ],
    ["one of no topic", { topicName: "t" }, "topicName: the definition has no websocket"],
    [
      "a secret's that the stack has",
      { secretNames: ["SUREHOOK_ORIGIN"] },
      'secret("SUREHOOK_ORIGIN")',
    ],
  ])("are refused: %s", (_, props, text) => {
    expect(refused({ gateway, ...props })).toContain(text);
  });

  it("are taken where the definition asks for what they name", () => {
    const live = gatewayOf({ screens: websocket({ path: "/live", open: true }) });
    const functionNames = { broadcaster: "b", live: "l", cleaner: "c" };
    expect(refused({ gateway: live, functionNames, topicName: "t" })).toBe("");
  });
});

describe("sources", () => {
  it.each(["/a//b", "/a/", "//"])("have no empty part in their path: %s", (path) => {
    expect(refused({ gateway: gatewayOf({}, { a: at(path) }) })).toContain("sources.a.path: ");
  });

  it.each(["/", "/a/:tenant/b.c"])("have a path of API Gateway: %s", (path) => {
    expect(refused({ gateway: gatewayOf({}, { a: at(path) }) })).toBe("");
  });

  it("whose secrets a function gives need their names", () => {
    const tenants = stripe({ path: "/:tenant", secrets: () => [secret("TENANT_A")] });
    const gateway = gatewayOf({}, { tenants });
    expect(refused({ gateway })).toContain("sources.tenants.secrets: the names that a function");
    expect(refused({ gateway, secretNames: ["TENANT_A"] })).toBe("");
  });

  it("have an allow-list of their own, or one by parameters", () => {
    const listed = stripe({ path: "/in", secrets, allowIps: ["192.0.2.1"] });
    const gateway = gatewayOf({}, { listed });
    expect(refused({ gateway, allowListByParameters: true })).toContain(
      "sources.listed.allowIps: ",
    );
    expect(refused({ gateway })).toBe("");
  });
});

describe("a stack", () => {
  it("has one gateway", () => {
    const { stack } = build({ gateway: gatewayOf() });
    const props = { gateway: gatewayOf(), entry: "surehook.config.ts" };
    expect(() => new Surehook(stack, "Second", props)).toThrow(
      "The stack Test has a gateway already (Test/Gateway). Give Test/Second a stack of its own",
    );
  });

  it("has no more resources than CloudFormation takes", () => {
    const list = Array.from({ length: 230 }, (_, n) => [`s${n}`, at(`/s${n}`)]);
    const { app } = build({ gateway: gatewayOf({}, Object.fromEntries(list)) });
    expect(() => app.synth()).toThrow(/The stack has \d+ resources, and CloudFormation takes 500/);
  });
});
