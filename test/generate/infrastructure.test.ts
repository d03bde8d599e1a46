/** The stack of generated functions, for senders whose events are told to a topic and for others. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { root } from "../../scripts/bootstrap.mjs";

const run = promisify(execFile);
let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "surehook-infrastructure-"));
  const packages = join(folder, "node_modules");
  mkdirSync(packages);
  symlinkSync(root, join(packages, "surehook"));
  symlinkSync(join(root, "node_modules", "aws-cdk-lib"), join(packages, "aws-cdk-lib"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Template = {
  readonly Resources: Readonly<Record<string, { readonly Type: string }>>;
  readonly Outputs: Readonly<Record<string, unknown>>;
};

/** What the stack of a new project is made of, with nothing bundled. */
async function stackFor(
  senders: string,
  language: "typescript" | "javascript",
  context: Readonly<Record<string, string>> = {},
) {
  const main = join(root, "src", "cli", "main.ts");
  const words = ["init", "--target", "lambda", "--senders", senders, `--${language}`, "--yes"];
  await run(process.execPath, ["--no-warnings", main, ...words], { cwd: folder });
  const file = join("infrastructure", language === "typescript" ? "webhooks.ts" : "webhooks.js");
  await run(process.execPath, ["--no-warnings", "--conditions=surehook-source", file], {
    cwd: folder,
    env: {
      PATH: process.env["PATH"],
      CDK_OUTDIR: join(folder, "cdk.out"),
      CDK_CONTEXT_JSON: JSON.stringify({ "aws:cdk:bundling-stacks": [], ...context }),
    },
  });
  const path = join(folder, "cdk.out", "Webhooks.template.json");
  const { Resources, Outputs }: Template = JSON.parse(readFileSync(path, "utf8"));
  const types = Object.values(Resources).map(({ Type }) => Type);
  const countOf = (type: string) => types.filter((one) => one === type).length;
  return {
    topics: countOf("AWS::SNS::Topic"),
    // The gateway has two of its own.
    queues: countOf("AWS::SQS::Queue") - 2,
    outputs: Object.keys(Outputs).filter((name) => /^(?:Queue|Topic)/.test(name)),
  };
}

test("has a queue and a topic, where a sender's events are told", async () => {
  const outputs = ["QueueUrl", "TopicArn"];
  expect(await stackFor("stripe,slack", "typescript")).toEqual({ topics: 1, queues: 1, outputs });
});

test("has no topic where nothing is told", async () => {
  const expected = { topics: 0, queues: 1, outputs: ["QueueUrl"] };
  expect(await stackFor("github", "javascript")).toEqual(expected);
});

test("takes those that are there", async () => {
  const context = {
    queueArn: "arn:aws:sqs:us-east-1:000000000000:work",
    topicArn: "arn:aws:sns:us-east-1:000000000000:told",
  };
  const outputs = ["QueueUrl", "TopicArn"];
  expect(await stackFor("stripe", "javascript", context)).toEqual({
    topics: 0,
    queues: 0,
    outputs,
  });
});
