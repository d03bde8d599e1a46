/**
 * Whether each prop is what its type says. A stack may be written in plain JavaScript, and what the CDK's context gives
 * are texts: what is wrong here would come up deep in the CDK, or deploy something else without a word.
 */
import { Token } from "aws-cdk-lib";
import { RetentionDays } from "aws-cdk-lib/aws-logs";
import { nearest } from "../kit/suggest.ts";
import { functionRoles } from "./gateway-function.ts";
import type { ExistingResources, SurehookProps } from "./props.ts";

/** What is wrong at a path; nothing where it is right. */
type Judge = (value: unknown, path: string) => readonly string[];

const mostShards = 256;
const memory = { least: 128, most: 10_240 } as const;
const longestHiddenSeconds = 12 * 3_600;
const logLevels = ["debug", "info", "warn", "error", "silent"];
const asText = 'a value of the context is a text: write, say, value === "true"';

/** What has one is such a resource, also where another copy of the CDK made it. */
const markOf = {
  tables: ["tableArn", "a table"],
  buckets: ["bucketArn", "a bucket"],
  queues: ["queueArn", "a queue"],
  topics: ["topicArn", "a topic"],
  buses: ["eventBusArn", "a bus"],
} as const satisfies Record<keyof ExistingResources, readonly [string, string]>;

const flag = when((value) => typeof value === "boolean", `true or false (${asText})`);
const certificate = resource(
  "certificateArn",
  "a certificate of aws-cdk-lib/aws-certificatemanager",
);

const judges = {
  gateway: judgeDefinition,
  entry: when(
    (value) => typeof value === "string" && value !== "",
    "the path of the config's file, as a text",
  ),
  stageName: text(/^[\w-]{1,128}$/, "letters, digits, - and _, at most 128"),
  environmentSuffix: text(/^[\w-]{1,128}$/, "letters, digits, - and _, or nothing at all"),
  functionNames: judgeFunctionNames,
  topicName: text(/^[\w-]{1,256}$/, "letters, digits, - and _, at most 256"),
  environment: judgeEnvironment,
  secrets: each(judgePlace),
  secretNames: when(
    (value) => Array.isArray(value) && value.every((one) => typeof one === "string"),
    "a list of names",
  ),
  existing: judgeExisting,
  visibilityTimeout: duration("toSeconds", {
    least: 1,
    most: longestHiddenSeconds,
    expected: "a Duration of whole seconds, from 1 s to 12 hours: Duration.seconds(300)",
  }),
  retries: oneOf(["engine", "queue"]),
  throttle: when(
    (value) => isRecord(value) && isAmount(value["perSecond"]) && isAmount(value["burst"]),
    "{ perSecond, burst }, both numbers from 0",
  ),
  allowListByParameters: flag,
  cdn: judgeCdn,
  glacierAfter: duration("toDays", {
    least: 0,
    most: Number.MAX_SAFE_INTEGER,
    expected: "a Duration of whole days: Duration.days(90)",
  }),
  logRetention: when(
    (value) => Object.values(RetentionDays).includes(value as RetentionDays),
    "one of RetentionDays: RetentionDays.ONE_MONTH",
  ),
  logLevel: oneOf(logLevels),
  architecture: when(
    (value) => isRecord(value) && "dockerPlatform" in value,
    "Architecture.ARM_64 or Architecture.X86_64",
  ),
  memoryMb: wholeNumber(memory.least, memory.most),
  shards: wholeNumber(1, mostShards),
  alarmTopic: resource("topicArn", "a topic"),
  retain: flag,
  setsLogRole: flag,
} as const satisfies Record<keyof SurehookProps, Judge>;

/** What is wrong with props, by their names; more may be given than there are, but not a misspelled one. */
export function judgeProps(props: unknown): ReadonlyMap<string, readonly string[]> {
  const given = isRecord(props) ? props : {};
  const wrong = new Map<string, readonly string[]>();
  for (const [prop, judge] of Object.entries<Judge>(judges)) {
    const isNeeded = prop === "gateway" || prop === "entry";
    if (given[prop] === undefined && !isNeeded) continue;
    const lines = judge(given[prop], prop);
    if (lines.length > 0) wrong.set(prop, lines);
  }
  const known = Object.keys(judges);
  for (const prop of Object.keys(given).filter((one) => !known.includes(one))) {
    const meant = nearest(prop, known);
    if (meant !== undefined && given[meant] === undefined) {
      wrong.set(prop, [`${prop}: there is no such prop; did you mean ${meant}?`]);
    }
  }
  return wrong;
}

function judgeDefinition(value: unknown, path: string): readonly string[] {
  const expected = `${path}: expected the definition that the config exports as its default, or gatewayFromFile("config/webhooks.json")`;
  if (!isRecord(value)) return [`${expected}; it is ${kindOf(value)}`];
  if ("default" in value) return [`${expected}; it is a module: give what it has as \`default\``];
  return value instanceof Promise ? [`${expected}; it is a promise: await it`] : [];
}

function judgeFunctionNames(value: unknown, path: string): readonly string[] {
  const known: readonly string[] = [...functionRoles, "cleaner"];
  const roles = isRecord(value) ? Object.keys(value) : [];
  return [
    ...roles
      .filter((role) => !known.includes(role))
      .map((role) => `${path}.${role}: expected one of ${known.join(", ")}`),
    ...each(text(/^[\w-]{1,64}$/, "letters, digits, - and _, at most 64"))(value, path),
  ];
}

function judgeEnvironment(value: unknown, path: string): readonly string[] {
  const names = isRecord(value) ? Object.keys(value) : [];
  const isText = when((one) => typeof one === "string", "a text; is it set where the CDK runs?");
  return [
    ...names
      .filter((name) => !/^[A-Za-z]\w*$/.test(name))
      .map((name) => `${path}.${name}: expected a name of letters, digits and _`),
    ...each(isText)(value, path),
  ];
}

function judgePlace(value: unknown, path: string): readonly string[] {
  const expected =
    "{ secret, field } with a secret of aws-cdk-lib, or { parameter } with a CfnParameter";
  const { secret, parameter } = isRecord(value) ? value : {};
  const isPlace =
    (isRecord(secret) && "secretArn" in secret) ||
    (secret === undefined && isRecord(parameter) && "valueAsString" in parameter);
  if (!isPlace) return [`${path}: expected ${expected}`];
  return secret === undefined && isRecord(parameter) ? judgeParameter(parameter, path) : [];
}

/** Else who may describe the stack, or read its template, has the secret. */
function judgeParameter(
  { noEcho, default: value = "" }: Readonly<Record<string, unknown>>,
  path: string,
): readonly string[] {
  return [
    ...(noEcho === true ? [] : [`${path}.parameter: expected one with noEcho: true`]),
    ...(value === ""
      ? []
      : [`${path}.parameter: expected one without a default, which stands in the template`]),
  ];
}

function judgeExisting(value: unknown, path: string): readonly string[] {
  const parts = Object.keys(markOf);
  if (!isRecord(value)) return [`${path}: expected an object with ${parts.join(", ")}`];
  return Object.entries(value).flatMap(([part, given]) => {
    if (given === undefined) return [];
    const mark = Object.entries(markOf).find(([one]) => one === part)?.[1];
    if (mark === undefined) return [`${path}.${part}: expected one of ${parts.join(", ")}`];
    const [property, words] = mark;
    const one = resource(property, words);
    return each((found, at) => (found === undefined ? [] : one(found, at)))(
      given,
      `${path}.${part}`,
    );
  });
}

function judgeCdn(value: unknown, path: string): readonly string[] {
  if (typeof value === "boolean") return [];
  if (!isRecord(value)) {
    return [`${path}: expected true, false or { names, certificate } (${asText})`];
  }
  const { names } = value;
  const isList =
    Array.isArray(names) &&
    names.length > 0 &&
    names.every((one) => typeof one === "string" && one);
  return [
    ...(isList
      ? []
      : [
          `${path}.names: expected at least one domain name; without one of your own give cdn: true`,
        ]),
    ...certificate(value["certificate"], `${path}.certificate`),
  ];
}

function when(isRight: (value: unknown) => boolean, expected: string): Judge {
  return (value, path) => (isRight(value) ? [] : [`${path}: expected ${expected}`]);
}

function text(pattern: RegExp, expected: string): Judge {
  return when(
    (value) => typeof value === "string" && (Token.isUnresolved(value) || pattern.test(value)),
    expected,
  );
}

function oneOf(values: readonly string[]): Judge {
  const words = values.map((value) => JSON.stringify(value)).join(" or ");
  return when((value) => values.some((one) => one === value), words);
}

function wholeNumber(least: number, most: number): Judge {
  const isWithin = (value: unknown) =>
    Token.isUnresolved(value) ||
    (Number.isInteger(value) && Number(value) >= least && Number(value) <= most);
  return when(isWithin, `a whole number from ${least} to ${most}`);
}

function resource(mark: string, expected: string): Judge {
  return when((value) => isRecord(value) && mark in value, expected);
}

function each(judge: Judge): Judge {
  return (value, path) => {
    if (!isRecord(value)) return [`${path}: expected an object`];
    return Object.entries(value).flatMap(([key, one]) => judge(one, `${path}.${key}`));
  };
}

function duration(
  unit: "toSeconds" | "toDays",
  {
    least,
    most,
    expected,
  }: { readonly least: number; readonly most: number; readonly expected: string },
): Judge {
  return when((value) => {
    const convert = isRecord(value) ? value[unit] : undefined;
    if (typeof convert !== "function") return false;
    const amount: unknown = convert.call(value, { integral: false });
    return Number.isInteger(amount) && Number(amount) >= least && Number(amount) <= most;
  }, expected);
}

function isAmount(value: unknown): boolean {
  return Token.isUnresolved(value) || (typeof value === "number" && value >= 0);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return Array.isArray(value) ? "a list" : `a ${typeof value}`;
}
