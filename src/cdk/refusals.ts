/** What a deployment can't have, though its definition is right by itself: told before anything is deployed. */
import { Token } from "aws-cdk-lib";
import type { AnyGateway } from "../core/define.ts";
import { GatewayError } from "../core/errors.ts";
import { largestPushedBody } from "../core/pushed-engine.ts";
import type { Gateway } from "../core/settings.ts";
import { functionRoles } from "./gateway-function.ts";
import type { Plan } from "./plan.ts";
import type { ExistingResources, SurehookProps } from "./props.ts";

/** The receiver runs for 25 s; what is left goes to its start, and to keeping the answer. */
const longestAnswerMs = 24_000;
const mostShards = 256;
const memory = { least: 128, most: 10_240 } as const;

/** Throws CONFIG_INVALID with all that AWS can't have. */
export function refuseOnAws(plan: Plan, props: SurehookProps): void {
  const mistakes = [
    ...pathMistakes(plan.gateway),
    ...moduleMistakes(plan.gateway),
    ...diskMistakes(plan.gateway),
    ...patienceMistakes(plan.gateway),
    ...sizeMistakes(props.gateway),
    ...liveMistakes(plan.gateway),
    ...existingMistakes(plan, props.existing ?? {}),
    ...nameMistakes(plan, props),
    ...numberMistakes(props),
  ];
  if (mistakes.length === 0) return;
  throw new GatewayError("CONFIG_INVALID", `AWS can't have this.\n${mistakes.join("\n")}`);
}

function pathMistakes({ sources }: Gateway): string[] {
  return sources.flatMap(({ name, path }) =>
    /^[/\w.:$-]*$/.test(path.text)
      ? []
      : `sources.${name}.path: expected letters, digits and . _ - $ between slashes, as API Gateway takes them`,
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

function nameMistakes(plan: Plan, props: SurehookProps): string[] {
  const { secrets = {}, secretNames = [], functionNames = {}, stageName = "prod" } = props;
  const asked = [...plan.secrets.sources, ...plan.secrets.destinations, ...secretNames];
  const known: readonly string[] = [...functionRoles, "cleaner"];
  return [
    ...Object.keys(secrets)
      .filter((name) => !asked.includes(name))
      .map((name) => `secrets.${name}: nothing asks for it; asked for are ${asked.join(", ")}`),
    ...Object.keys(functionNames)
      .filter((name) => !known.includes(name))
      .map((name) => `functionNames.${name}: expected one of ${known.join(", ")}`),
    ...(Token.isUnresolved(stageName) || /^[\w-]{1,128}$/.test(stageName)
      ? []
      : ["stageName: expected letters, digits, - and _, at most 128"]),
  ];
}

function numberMistakes({ shards = 1, memoryMb = memory.least }: SurehookProps): string[] {
  const isWithin = (value: number, least: number, most: number) =>
    Token.isUnresolved(value) || (Number.isInteger(value) && value >= least && value <= most);
  return [
    ...(isWithin(shards, 1, mostShards)
      ? []
      : [`shards: expected a whole number from 1 to ${mostShards}`]),
    ...(isWithin(memoryMb, memory.least, memory.most)
      ? []
      : [`memoryMb: expected a whole number from ${memory.least} to ${memory.most}`]),
  ];
}
