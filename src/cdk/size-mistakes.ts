/**
 * What AWS would refuse at the deployment by its size: told when the stack is synthesized, with all that its owner has
 * added by then. Names are known when it is deployed only, so they are reckoned as CloudFormation makes them.
 */
import { CfnParameter, CfnResource, type Stack, Token } from "aws-cdk-lib";
import { CfnFunction } from "aws-cdk-lib/aws-lambda";
import type { GatewayFunction } from "./gateway-function.ts";

/** All variables of a function together, names and values: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html. */
const mostOfEnvironment = 4_096;
/** Resources of a stack: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html. */
const mostResources = 500;
/** An ARN without its name, at its longest: a partition, a service, a region, an account. */
const restOfArn = 70;

const pseudo: Readonly<Record<string, number>> = {
  "AWS::AccountId": 12,
  "AWS::Region": 14,
  "AWS::Partition": 10,
  "AWS::URLSuffix": 16,
  "AWS::StackName": 128,
};

/** Where a `Ref` is an address: the name's length is added. */
const addressed = ["AWS::SecretsManager::Secret", "AWS::SNS::Topic", "AWS::SQS::Queue"];
const mostOfName: Readonly<Record<string, number>> = {
  "AWS::S3::Bucket": 63,
  "AWS::SQS::Queue": 80,
  "AWS::ApiGateway::RestApi": 10,
  "AWS::ApiGatewayV2::Api": 10,
};

/** Bytes of a text as it is deployed: names that only the deployment knows are reckoned. */
export function deployedLength(stack: Stack, text: string): number {
  return lengthOf(stack.resolve(text), { stack, elements: elementsOf(stack) });
}

/** What is past AWS's bounds in a stack and in its gateway's functions. */
export function sizeMistakes(stack: Stack, functions: readonly GatewayFunction[]): string[] {
  return [...functions.flatMap((one) => environmentMistakes(stack, one)), ...countMistakes(stack)];
}

function environmentMistakes(
  stack: Stack,
  { function: { node }, role }: GatewayFunction,
): string[] {
  const { defaultChild } = node;
  if (!(defaultChild instanceof CfnFunction)) return [];
  const { variables = {} }: { variables?: Readonly<Record<string, unknown>> } =
    stack.resolve(defaultChild.environment) ?? {};
  const elements = elementsOf(stack);
  const sizes = Object.entries(variables)
    .map(([name, value]) => [name, name.length + lengthOf(value, { stack, elements })] as const)
    .sort(([, left], [, right]) => right - left);
  const all = sizes.reduce((sum, [, size]) => sum + size, 0);
  if (all <= mostOfEnvironment) return [];
  const largest = sizes.slice(0, 3).map(([name, size]) => `${name} ${size}`);
  return [
    `The variables of the function ${role.node.scope?.node.id} have some ${all} bytes together, and Lambda takes ${mostOfEnvironment} (the largest: ${largest.join(", ")}). What is long under environment belongs into the config, or into a parameter of Parameter Store that your module reads.`,
  ];
}

function countMistakes(stack: Stack): string[] {
  const count = resourcesOf(stack).length;
  if (count <= mostResources) return [];
  return [
    `The stack has ${count} resources, and CloudFormation takes ${mostResources}. Give senders one path with a parameter (/webhooks/:shop), or deploy a part of the sources by a stack of its own.`,
  ];
}

function resourcesOf(stack: Stack): readonly CfnResource[] {
  return stack.node
    .findAll()
    .filter((one) => CfnResource.isCfnResource(one))
    .filter((one) => one.stack === stack);
}

type Elements = ReadonlyMap<string, CfnResource | CfnParameter>;
type Known = { readonly stack: Stack; readonly elements: Elements };

/** Resources and parameters by their ids in the template. */
function elementsOf(stack: Stack): Elements {
  const parameters = stack.node.findAll().filter((one) => one instanceof CfnParameter);
  return new Map(
    [...resourcesOf(stack), ...parameters].map((one) => [stack.resolve(one.logicalId), one]),
  );
}

/** Bytes of a value of the template as it is deployed. */
function lengthOf(value: unknown, known: Known): number {
  if (typeof value !== "object" || value === null) return Buffer.byteLength(String(value));
  const [[kind, of] = []] = Object.entries(value);
  if (kind === "Fn::Join" && Array.isArray(of)) return joinedLength(of, known);
  if (kind === "Ref") return referenceLength(String(of), known, false);
  if (kind === "Fn::GetAtt" && Array.isArray(of)) {
    return referenceLength(String(of[0]), known, of[1] === "Arn");
  }
  // What other functions of CloudFormation give isn't known here.
  return 0;
}

function joinedLength([between, parts]: readonly unknown[], known: Known): number {
  const list = Array.isArray(parts) ? parts : [];
  const gaps = Math.max(0, list.length - 1) * String(between).length;
  return list.reduce((sum, part) => sum + lengthOf(part, known), gaps);
}

function referenceLength(id: string, { stack, elements }: Known, isArn: boolean): number {
  const element = elements.get(id);
  if (element === undefined) return pseudo[id] ?? 0;
  if (element instanceof CfnParameter) return String(element.default ?? "").length;
  const { cfnResourceType: type } = element;
  const stackName = Token.isUnresolved(stack.stackName) ? 128 : stack.stackName.length;
  // <stack>-<id>-<12 characters>
  const name = Math.min(mostOfName[type] ?? 255, stackName + id.length + 14);
  return isArn || addressed.includes(type) ? restOfArn + name : name;
}
