/** Names that AWS, or the stack itself, has taken, or that are longer than AWS has them once they have their suffix. */
import { Token } from "aws-cdk-lib";
import { ownSecrets } from "../core/secret-ref.ts";
import type { FunctionRole } from "./gateway-function.ts";
import { rolesOf } from "./gateway-functions.ts";
import type { Plan } from "./plan.ts";
import type { SurehookProps } from "./props.ts";

/** Lambda sets them: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime. */
const ofLambda = [
  "AWS_ACCESS_KEY",
  "AWS_ACCESS_KEY_ID",
  "AWS_DEFAULT_REGION",
  "AWS_EXECUTION_ENV",
  "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
  "AWS_LAMBDA_FUNCTION_NAME",
  "AWS_LAMBDA_FUNCTION_VERSION",
  "AWS_LAMBDA_INITIALIZATION_TYPE",
  "AWS_LAMBDA_LOG_GROUP_NAME",
  "AWS_LAMBDA_LOG_STREAM_NAME",
  "AWS_LAMBDA_RUNTIME_API",
  "AWS_REGION",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "LAMBDA_RUNTIME_DIR",
  "LAMBDA_TASK_ROOT",
];

const longest = { function: 64, topic: 256, table: 255 } as const;

/** What is wrong with the names of functions, topic, tables and variables, and of secrets that the definition asks for. */
export function nameMistakes(
  plan: Plan,
  props: SurehookProps,
  asked: readonly string[],
): readonly string[] {
  return [
    ...lengthMistakes(plan, props),
    ...functionMistakes(plan, props.functionNames ?? {}),
    ...(props.topicName === undefined || plan.live !== undefined
      ? []
      : ["topicName: the definition has no websocket destination, so there is no topic"]),
    ...Object.keys(props.environment ?? {}).flatMap((name) => variableMistakes(name, asked)),
    ...asked
      .filter((name) => ownSecrets.includes(name))
      .map(
        (name) => `secret("${name}"): the stack has something of that name; give it another one`,
      ),
  ];
}

function lengthMistakes({ tables }: Plan, props: SurehookProps): string[] {
  const { functionNames = {}, topicName, environmentSuffix } = props;
  if (environmentSuffix === undefined || Token.isUnresolved(environmentSuffix)) return [];
  const named = [
    ...Object.entries(functionNames).map(
      ([role, name]) => [`functionNames.${role}`, name, longest.function] as const,
    ),
    ["topicName", topicName, longest.topic] as const,
    ...tables.map(
      ({ destination, name }) =>
        [`destinations.${destination}.table`, name, longest.table] as const,
    ),
  ];
  return named.flatMap(([path, name, most]) => {
    const whole = `${name}-${environmentSuffix}`;
    if (name === undefined || Token.isUnresolved(name) || whole.length <= most) return [];
    return `${path}: expected at most ${most} characters with the environmentSuffix; ${whole} has ${whole.length}`;
  });
}

function functionMistakes(
  plan: Plan,
  names: Readonly<Partial<Record<FunctionRole, string>>>,
): string[] {
  const built: readonly string[] = [...rolesOf(plan), "cleaner"];
  const byName = Map.groupBy(Object.entries(names), ([, name]) => name);
  return [
    ...[...byName].flatMap(([name, roles]) =>
      roles.length > 1 && name !== undefined
        ? [
            `functionNames: expected a name for each; ${roles.map(([role]) => role).join(" and ")} have ${name}`,
          ]
        : [],
    ),
    ...Object.keys(names)
      .filter((role) => !built.includes(role))
      .map((role) => `functionNames.${role}: nothing in the definition asks for this function`),
  ];
}

function variableMistakes(name: string, asked: readonly string[]): string[] {
  if (ofLambda.includes(name)) {
    return [`environment.${name}: Lambda sets this variable itself; leave it out`];
  }
  if (!asked.includes(name) && !ownSecrets.includes(name)) return [];
  return [
    `environment.${name}: the secret of that name would stand in the clear in the template. Leave it out, and put its value into Secrets Manager; the prop secrets can say where it is`,
  ];
}
