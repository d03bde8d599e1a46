/**
 * How the consumer is told what the stack made for destinations. Names are known when it is deployed only, so they are
 * reckoned as long as AWS allows.
 */
import { Token } from "aws-cdk-lib";
import type { Construct } from "constructs";
import type { GatewayFunction } from "./gateway-function.ts";
import { tell } from "./told.ts";

/** A destination's options that name what was made for it. */
export type ToldResource = readonly [
  destination: string,
  options: Readonly<Record<string, string>>,
];

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
  parts: readonly ToldResource[],
): void {
  tell(scope, consumer, {
    variable: "SUREHOOK_RESOURCES",
    namesVariable: "SUREHOOK_RESOURCE_PARAMETERS",
    parts,
    compose: (some) => Object.fromEntries(some),
    lengthOf,
  });
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
  return Token.isUnresolved(value) ? "x".repeat(longest[name] ?? 4_096) : value;
}
