import type { AnyGateway } from "../core/define.ts";
import { GatewayError } from "../core/errors.ts";
import { largestPushedBody } from "../core/pushed-engine.ts";
import type { Gateway } from "../core/settings.ts";
import { judgeProps } from "./judge-props.ts";
import { type Plan, planOf } from "./plan.ts";
import type { ExistingResources, SurehookProps } from "./props.ts";

/** The receiver runs for 25 s; what is left goes to its start, and to keeping the answer. */
const longestAnswerMs = 24_000;

/** What a gateway is on AWS. Throws CONFIG_INVALID with all that is wrong in its definition and its props. */
export function planOnAws(props: SurehookProps): Plan {
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
    ...(wrong.has("secrets") || wrong.has("secretNames") ? [] : secretMistakes(plan, props)),
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

function refusal(mistakes: readonly string[]): GatewayError {
  return new GatewayError(
    "CONFIG_INVALID",
    `This can't be deployed to AWS.\n${mistakes.join("\n")}`,
  );
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

function secretMistakes(plan: Plan, { secrets = {}, secretNames = [] }: SurehookProps): string[] {
  const asked = [...plan.secrets.sources, ...plan.secrets.destinations, ...secretNames];
  return Object.keys(secrets)
    .filter((name) => !asked.includes(name))
    .map((name) => `secrets.${name}: nothing asks for it; asked for are ${asked.join(", ")}`);
}
