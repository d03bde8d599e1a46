import * as z from "zod";
import { GatewayError } from "../../core/errors.ts";
import { secretPlaces } from "../../net/aws/secrets.ts";
import { givenVariable } from "../config.ts";

const text = z.string().min(1);

/** JSON in a variable. */
function json<T extends z.ZodType>(schema: T) {
  return z
    .string()
    .transform((given, context) => {
      try {
        return JSON.parse(given) as unknown;
      } catch {
        context.addIssue({ code: "custom", message: "JSON" });
        return z.NEVER;
      }
    })
    .pipe(schema);
}

/** Options of destinations that name what the stack made, as a variable or a parameter holds them. */
export const resourcesText = json(z.record(text, z.record(text, z.string())));

/** The same, read. */
export type Resources = z.output<typeof resourcesText>;

/** Where secrets are, as a variable or a parameter holds it. */
export const secretsText = json(secretPlaces);

const variables = {
  SUREHOOK_TABLE: text,
  SUREHOOK_BUCKET: text,
  SUREHOOK_BUS: text,
  SUREHOOK_QUEUE_URL: text,
  SUREHOOK_DEAD_QUEUE_URL: text,
  /** Where the secrets of the config are: `[{"id":"arn:…"}]`. */
  SUREHOOK_SECRETS: secretsText,
  /** Names of the parameters that hold the same, where it is too long for a variable. */
  SUREHOOK_SECRET_PARAMETERS: text.transform((names) => names.split(",")),
  /** Options of destinations that name what the stack made: `{"table":{"table":"…"}}`. */
  SUREHOOK_RESOURCES: resourcesText,
  /** Names of the parameters that hold the same, where it is too long for a variable. */
  SUREHOOK_RESOURCE_PARAMETERS: text.transform((names) => names.split(",")),
  SUREHOOK_RETRIES: z.enum(["engine", "queue"]),
  /** The name of the secret that CloudFront shows. */
  SUREHOOK_ORIGIN_SECRET: text,
  /** Partitions of what waits and of a day's listing; eight where it isn't set. One item names those of all days. */
  SUREHOOK_SHARDS: z.coerce.number().pipe(z.int().min(1).max(256)),
  SUREHOOK_TOPIC_ARN: text,
  SUREHOOK_CONNECTIONS_TABLE: text,
  SUREHOOK_CALLBACK_URL: text,
  SUREHOOK_PARAMETER_PREFIX: text,
  SUREHOOK_LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]),
} as const;

type Variables = typeof variables;

/** A variable of a function's environment, by its name. */
export type Variable = keyof Variables;

/** The names of all of them. */
export const variableNames = Object.keys(variables) as Variable[];

/** Reads variables of the function's environment; a missing one is undefined. Throws CONFIG_INVALID. */
export function optionalVariable<N extends Variable>(name: N): z.output<Variables[N]> | undefined {
  const given = givenVariable(name);
  if (given === undefined) return undefined;
  const read = z.safeParse(variables[name], given);
  if (read.success) return read.data as z.output<Variables[N]>;
  throw new GatewayError("CONFIG_INVALID", `The variable ${name} doesn't hold what it should.`);
}

/** Reads a variable that the function can't do without. Throws CONFIG_INVALID. */
export function variable<N extends Variable>(name: N): z.output<Variables[N]> {
  const found = optionalVariable(name);
  if (found !== undefined) return found;
  throw new GatewayError(
    "CONFIG_INVALID",
    `The variable ${name} is not set. surehook/cdk sets it; to run the function elsewhere, set it yourself, or have surehook invoke --local do without.`,
  );
}
