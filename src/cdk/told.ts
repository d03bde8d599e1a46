/**
 * How a function is told of what the stack knows: by a variable where that is short, else by parameters, since all
 * variables of a function together have 4 KB.
 */
import { createHash } from "node:crypto";
import { Stack } from "aws-cdk-lib";
import { StringParameter } from "aws-cdk-lib/aws-ssm";
import type { Construct } from "constructs";
import type { GatewayFunction } from "./gateway-function.ts";

/** What is told. */
export type Telling<T> = {
  /** The variable that holds it. */
  readonly variable: string;
  /** The variable that holds the names of its parameters, where it is too long. */
  readonly namesVariable: string;
  readonly parts: readonly T[];
  /** What it is made into: text for a variable or a parameter. */
  readonly compose: (some: readonly T[]) => unknown;
  /** Bytes of that text once it is deployed, at the most. */
  readonly lengthOf: (some: readonly T[]) => number;
};

/** The rest of a function's variables has at least as much again. */
const mostInVariable = 1_500;
/** What a parameter of the standard tier holds, which costs nothing. */
const mostInParameter = 4_096;

/** Tells a function; what two are told in the same words lies in the same parameters. */
export function tell<T>(scope: Construct, to: GatewayFunction, telling: Telling<T>): void {
  const { parts, compose, lengthOf, variable, namesVariable } = telling;
  const stack = Stack.of(scope);
  const textOf = (some: readonly T[]) => stack.toJsonString(compose(some));
  if (lengthOf(parts) <= mostInVariable) {
    to.setVariable(variable, textOf(parts));
    return;
  }
  const parameters = packed(parts, lengthOf).map((some) => parameterWith(scope, textOf(some)));
  to.allow(
    ["ssm:GetParameters"],
    parameters.map(({ parameterArn }) => parameterArn),
  );
  to.setVariable(namesVariable, parameters.map(({ parameterName }) => parameterName).join(","));
}

function parameterWith(scope: Construct, stringValue: string): StringParameter {
  const stack = Stack.of(scope);
  // Named by its content: where that changes, so does the function's environment, and warm copies read it anew.
  const digest = createHash("sha256").update(JSON.stringify(stack.resolve(stringValue)));
  const id = digest.digest("hex").slice(0, 12);
  const known = scope.node.tryFindChild(`Told-${id}`);
  if (known instanceof StringParameter) return known;
  const parameterName = `/surehook/${stack.stackName}/told/${id}`;
  return new StringParameter(scope, `Told-${id}`, { parameterName, stringValue });
}

/** In their order, in as few parts as fit. */
function packed<T>(all: readonly T[], lengthOf: Telling<T>["lengthOf"]): readonly (readonly T[])[] {
  const packs: T[][] = [[]];
  for (const one of all) {
    const last = packs.at(-1) ?? [];
    if (last.length > 0 && lengthOf([...last, one]) > mostInParameter) packs.push([one]);
    else last.push(one);
  }
  return packs;
}
