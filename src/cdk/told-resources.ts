/**
 * How the consumer is told what the stack made for destinations: by a variable where that is short, else by
 * parameters, since all variables of a function together have 4 KB. Names are known when it is deployed only, so
 * they are reckoned as long as AWS allows.
 */
import { createHash } from "node:crypto";
import { Stack, Token } from "aws-cdk-lib";
import { StringParameter } from "aws-cdk-lib/aws-ssm";
import type { Construct } from "constructs";
import type { GatewayFunction } from "./gateway-function.ts";

/** A destination's options that name what was made for it. */
export type ToldResource = readonly [
  destination: string,
  options: Readonly<Record<string, string>>,
];

/** The rest of the consumer's variables has at least as much again. */
const mostInVariable = 1_500;
/** What a parameter of the standard tier holds, which costs nothing. */
const mostInParameter = 4_096;

/** Lengths of names that only the deployment knows; an ARN has some 70 characters beside its name's 256. */
const longest: Readonly<Record<string, number>> = {
  table: 255,
  bucket: 63,
  payloadBucket: 63,
  queueUrl: 150,
  topicArn: 330,
  bus: 330,
};

/** Tells the consumer. */
export function tellResources(
  scope: Construct,
  consumer: GatewayFunction,
  told: readonly ToldResource[],
): void {
  const stack = Stack.of(scope);
  const textOf = (some: readonly ToldResource[]) => stack.toJsonString(Object.fromEntries(some));
  if (lengthOf(told) <= mostInVariable) {
    consumer.setVariable("SUREHOOK_RESOURCES", textOf(told));
    return;
  }
  const parameters = packed(told).map((some) => {
    const stringValue = textOf(some);
    // Named by its content: where that changes, so does the function's environment, and warm copies read it anew.
    const digest = createHash("sha256").update(JSON.stringify(stack.resolve(stringValue)));
    const id = digest.digest("hex").slice(0, 12);
    const parameterName = `/surehook/${stack.stackName}/told/${id}`;
    return new StringParameter(scope, `Told-${id}`, { parameterName, stringValue });
  });
  consumer.allow(
    ["ssm:GetParameters"],
    parameters.map(({ parameterArn }) => parameterArn),
  );
  const names = parameters.map(({ parameterName }) => parameterName);
  consumer.setVariable("SUREHOOK_RESOURCE_PARAMETERS", names.join(","));
}

/** In their order, in as few parts as fit. */
function packed(told: readonly ToldResource[]): readonly (readonly ToldResource[])[] {
  const parts: ToldResource[][] = [[]];
  for (const one of told) {
    const last = parts.at(-1) ?? [];
    if (last.length > 0 && lengthOf([...last, one]) > mostInParameter) parts.push([one]);
    else last.push(one);
  }
  return parts;
}

function lengthOf(told: readonly ToldResource[]): number {
  const filled = told.map(([destination, options]) => [
    destination,
    Object.fromEntries(
      Object.entries(options).map(([name, value]) => [name, filling(name, value)]),
    ),
  ]);
  return Buffer.byteLength(JSON.stringify(Object.fromEntries(filled)));
}

function filling(name: string, value: string): string {
  return Token.isUnresolved(value) ? "x".repeat(longest[name] ?? mostInParameter) : value;
}
