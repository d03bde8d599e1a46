import { Stack } from "aws-cdk-lib";
import type { Construct, IConstruct } from "constructs";
import type { AnyGateway } from "../core/define.ts";
import { GatewayError } from "../core/errors.ts";
import { largestPushedBody } from "../core/pushed-engine.ts";
import type { Gateway } from "../core/settings.ts";
import { ownDomain } from "./distribution.ts";
import { judgeProps } from "./judge-props.ts";
import { nameMistakes } from "./name-mistakes.ts";
import { type Plan, planOf } from "./plan.ts";
import type { ExistingResources, SurehookProps } from "./props.ts";
import { resourceMistakes } from "./resource-mistakes.ts";

/** The receiver runs for 25 s; what is left goes to its start, and to keeping the answer. */
const longestAnswerMs = 24_000;

/** What a gateway is on AWS. Throws CONFIG_INVALID with all that is wrong in its definition and its props. */
export function planOnAws(props: SurehookProps, region: string): Plan {
  const wrong = judgeProps(props);
  const lines = [...wrong.values()].flat();
  if (wrong.has("gateway")) throw refusal(lines);
  const plan = planBeside(props, lines);
  const mistakes = [
    ...pathMistakes(plan.gateway),
    ...moduleMistakes(plan.gateway),
    ...diskMistakes(plan.gateway),
    ...patienceMistakes(plan.gateway),
    ...sizeMistakes(props.gateway),
    ...liveMistakes(plan.gateway),
    // Of what isn't even what it should be, names are not looked at.
    ...(wrong.has("existing") ? [] : existingMistakes(plan, props.existing ?? {})),
    ...(wrong.has("existing") ? [] : resourceMistakes(plan, props.existing ?? {}, region)),
    ...(isAnyOf(wrong, ["secrets", "secretNames"]) ? [] : secretMistakes(plan, props)),
    ...(isAnyOf(wrong, namedProps) ? [] : nameMistakes(plan, props, secretsOf(plan, props))),
    ...addressMistakes(plan, props),
    ...listMistakes(plan.gateway, props),
    ...lines,
  ];
  if (mistakes.length > 0) throw refusal(mistakes);
  return plan;
}

/** A definition's own mistakes are told with those of the props. */
function planBeside({ gateway }: SurehookProps, lines: readonly string[]): Plan {
  try {
    return planOf(gateway);
  } catch (error) {
    if (!(error instanceof GatewayError) || lines.length === 0) throw error;
    throw new GatewayError(error.code, `${error.message}\n${refusal(lines).message}`, {
      cause: error,
    });
  }
}

/** Everything in it has one place in a stack: its outputs, the stacks beside it. */
export function refuseSecond(scope: Construct, isGateway: (one: IConstruct) => boolean): void {
  const stack = Stack.of(scope);
  const other = stack.node.findAll().find((one) => one !== scope && isGateway(one));
  if (other === undefined) return;
  throw refusal([
    `The stack ${stack.stackName} has a gateway already (${other.node.path}). Give ${scope.node.path} a stack of its own, or put its sources into that one's definition.`,
  ]);
}

function refusal(mistakes: readonly string[]): GatewayError {
  return new GatewayError(
    "CONFIG_INVALID",
    `This can't be deployed to AWS.\n${mistakes.join("\n")}`,
  );
}

const namedProps = [
  "functionNames",
  "topicName",
  "environmentSuffix",
  "environment",
  "secretNames",
] as const satisfies readonly (keyof SurehookProps)[];

function isAnyOf(wrong: ReadonlyMap<string, unknown>, names: readonly string[]): boolean {
  return names.some((name) => wrong.has(name));
}

function pathMistakes({ sources }: Gateway): string[] {
  return sources.flatMap(({ name, path }) =>
    /^(?:\/|(?:\/[\w.:$-]+)+)$/.test(path.text)
      ? []
      : `sources.${name}.path: expected letters, digits and . _ - $ between single slashes, as API Gateway takes them`,
  );
}

/** CloudFront's own address is known after the deployment of a stack that needs this one. */
function addressMistakes({ gateway }: Plan, { gateway: { publicUrl }, cdn }: SurehookProps) {
  const isTold = publicUrl !== undefined || !cdn || ownDomain(cdn) !== undefined;
  return gateway.sources.flatMap(({ name, provider, options }) =>
    isTold || provider.signsUrl?.(options) !== true
      ? []
      : `publicUrl: expected the address that senders post to, since ${provider.title} signs it (sources.${name}) and CloudFront stands before the API. Set it to https:// and a name of your own that leads to CloudFront (or give cdn: { names, certificate }); without one, to https:// and the output CloudFrontDomainName, which a first deployment with any publicUrl tells`,
  );
}

/** The firewall has one list: the definition's would be left out of it. */
function listMistakes({ sources }: Gateway, { allowListByParameters }: SurehookProps): string[] {
  return sources.flatMap(({ name, allowIps }) =>
    allowListByParameters !== true || allowIps === undefined
      ? []
      : `sources.${name}.allowIps: with allowListByParameters the firewall's list is the parameter AllowedWebhookCidrs. Leave one of both out`,
  );
}

/** A function is one file: an address of another leads nowhere there. */
function moduleMistakes({ sources, destinations, routes }: Gateway): string[] {
  const modules = [
    ...sources.map(({ name, respond }) => [`sources.${name}.respond`, respond?.module] as const),
    ...destinations.flatMap(({ name, type, options }) =>
      type.name === "code"
        ? [[`destinations.${name}.module`, (options as { module?: unknown }).module] as const]
        : [],
    ),
    ...routes.map(({ transform }, at) => [`routes[${at}].transform`, transform] as const),
  ];
  return modules.flatMap(([path, module]) =>
    module === undefined || typeof module === "function"
      ? []
      : `${path}: expected a function, () => import("./module.ts"), which is bundled with the function that calls it`,
  );
}

function diskMistakes({ destinations }: Gateway): string[] {
  return destinations.flatMap(({ name, type }) =>
    type.name === "file" ? `destinations.${name}: a function keeps no files; use s3` : [],
  );
}

function patienceMistakes({ sources }: Gateway): string[] {
  return sources.flatMap(({ name, respond }) =>
    respond !== undefined && respond.withinMs > longestAnswerMs
      ? `sources.${name}.respond.deadlineSeconds: expected at most 24, since API Gateway waits no longer than 29 s`
      : [],
  );
}

/** What a sender's provider allows beyond it stays: nothing of that size reaches the receiver. */
function sizeMistakes({ sources }: AnyGateway): string[] {
  return Object.entries(sources).flatMap(([name, { options }]) =>
    (options.maxBodyBytes ?? 0) > largestPushedBody
      ? `sources.${name}.maxBodyBytes: expected at most ${largestPushedBody}, since Lambda takes no larger request`
      : [],
  );
}

function liveMistakes({ destinations }: Gateway): string[] {
  const live = destinations.filter(({ type }) => type.name === "websocket");
  if (live.length <= 1) return [];
  const names = live.map(({ name }) => name).join(", ");
  return [
    `destinations: live clients have one address, and ${names} want one each. Keep one websocket destination`,
  ];
}

const kindOf = {
  tables: "dynamodb",
  buckets: "s3",
  queues: "sqs",
  topics: "sns",
  buses: "eventbridge",
} as const satisfies Record<keyof ExistingResources, string>;

/** One that no destination uses is a misspelled name: another would be made in its place. */
function existingMistakes({ gateway }: Plan, existing: ExistingResources): string[] {
  return Object.entries(kindOf).flatMap(([part, kind]) => {
    const given = existing[part as keyof ExistingResources];
    const known = gateway.destinations.filter(({ type }) => type.name === kind);
    const names = known.map(({ name }) => name);
    return Object.keys(given ?? {})
      .filter((name) => !names.includes(name))
      .map((name) => `existing.${part}.${name}: expected the name of ${choice(kind, names)}`);
  });
}

function choice(kind: string, names: readonly string[]): string {
  const one = `a destination of the kind ${kind}`;
  return names.length === 0 ? `${one}; there is none` : `${one}: ${names.join(", ")}`;
}

function secretMistakes(plan: Plan, props: SurehookProps): string[] {
  const { secrets = {}, secretNames } = props;
  const asked = secretsOf(plan, props);
  return [
    ...Object.keys(secrets)
      .filter((name) => !asked.includes(name))
      .map((name) => `secrets.${name}: nothing asks for it; asked for are ${asked.join(", ")}`),
    ...plan.gateway.sources
      .filter((source) => typeof source.secrets === "function" && secretNames === undefined)
      .map(
        ({ name }) =>
          `sources.${name}.secrets: the names that a function returns can't be read from it, so it would have no secret. Give them in secretNames`,
      ),
  ];
}

function secretsOf({ secrets }: Plan, { secretNames = [] }: SurehookProps): readonly string[] {
  return [...secrets.sources, ...secrets.destinations, ...secretNames];
}
