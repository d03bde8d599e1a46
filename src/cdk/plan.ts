/** What a definition asks for on AWS: nothing of it is built that no part of the config names. */
import type { AnyGateway } from "../core/define.ts";
import { GatewayError } from "../core/errors.ts";
import { judgeGateway } from "../core/judge-gateway.ts";
import { isStandardSchema, type JsonSchema } from "../core/schemas.ts";
import { secretRef } from "../core/secret-ref.ts";
import type { Destination, Gateway, Source } from "../core/settings.ts";
import type { SecretRef } from "../core/types.ts";

/** The parts that a deployment of a definition has. */
export type Plan = {
  readonly gateway: Gateway;
  /** Each path once, as API Gateway writes it (`/webhooks/shopify/{tenant}`). */
  readonly paths: readonly PlannedPath[];
  /** Secrets that prove senders, and those that destinations use. */
  readonly secrets: {
    readonly sources: readonly string[];
    readonly destinations: readonly string[];
  };
  readonly tables: readonly PlannedTable[];
  readonly buckets: readonly PlannedBucket[];
  /** Destinations on AWS that are there already: the address that the config gives. */
  readonly others: readonly PlannedOther[];
  /** The destination of live clients, at most one. */
  readonly live: string | undefined;
  /** What live clients must show. */
  readonly liveSecrets: readonly string[];
  /** Destinations that log in with a token. */
  readonly tokens: readonly string[];
  readonly providers: readonly string[];
  /** Whether a source learns secrets, which are sealed. */
  readonly learns: boolean;
  /** JSON Schemas by their sources: they are compiled before they are deployed. */
  readonly jsonSchemas: readonly PlannedSchemas[];
  /** Whether a route gives the form of CloudEvents, which a package of its own makes. */
  readonly makesCloudEvents: boolean;
  /** Whether a source has schemas at all. */
  readonly hasSchemas: boolean;
  /** Whether a source answers by a module. */
  readonly responds: boolean;
  /** The modules by which sources answer, as the config names them where it imports them. */
  readonly answering: "all" | readonly string[];
};

/** The JSON Schemas of a source, by types. */
export type PlannedSchemas = {
  readonly name: string;
  readonly schemas: Readonly<Record<string, JsonSchema>>;
};

/** A path of sources. */
export type PlannedPath = {
  readonly path: string;
  /** Whether one of its sources asks for an authorizer. */
  readonly isAuthorized: boolean;
  /** Addresses that may post, where each of its sources has a list. */
  readonly allowIps: readonly string[] | undefined;
};

/** The table of a `dynamodb` destination: its key, when items end, and whether large payloads go beside it. */
export type PlannedTable = {
  readonly destination: string;
  readonly name: string | undefined;
  readonly key: readonly PlannedKey[];
  /** The attribute that says when an item is removed. */
  readonly ttl: string | undefined;
  readonly hasPayloads: boolean;
};

/** The bucket of an `s3` destination. */
export type PlannedBucket = {
  readonly destination: string;
  /** Undefined where a secret or an ARN names it. */
  readonly name: string | undefined;
};
type PlannedKey = { readonly name: string; readonly type: "S" | "N" };

/** A queue, topic or bus that isn't the gateway's. */
export type PlannedOther = {
  readonly destination: string;
  readonly kind: "sqs" | "sns" | "eventbridge";
  /** Undefined where a secret names it. */
  readonly address: string | undefined;
};

/** What the destination's items are without a mapping. */
const eventKey: readonly PlannedKey[] = [
  { name: "eventId", type: "S" },
  { name: "timestamp", type: "N" },
];

/** Reads a definition; throws CONFIG_INVALID with every mistake. */
export function planOf(definition: AnyGateway): Plan {
  const gateway = judged(definition);
  const live = gateway.destinations.filter(({ type }) => type.name === "websocket");
  const ofKind = (kind: string) => gateway.destinations.filter(({ type }) => type.name === kind);
  return {
    gateway,
    paths: pathsOf(gateway.sources),
    secrets: {
      sources: namesIn(gateway.sources.map(({ options, secrets }) => [options, secrets])),
      destinations: namesIn(gateway.destinations.map(usedOptions)),
    },
    tables: ofKind("dynamodb").map(tableOf),
    buckets: ofKind("s3").map(({ name, options }) => ({
      destination: name,
      name: ownName(optionsOf(options)["bucket"]),
    })),
    others: gateway.destinations.flatMap(otherOf),
    live: live[0]?.name,
    liveSecrets: namesIn(live.map(usedOptions)),
    tokens: ofKind("salesforce").map(({ name }) => name),
    learns: gateway.sources.some(({ learns }) => learns),
    jsonSchemas: gateway.sources.flatMap(jsonSchemasOf),
    makesCloudEvents: gateway.routes.some(({ form }) => form?.startsWith("cloudevents")),
    hasSchemas: gateway.sources.some(({ schemas }) => schemas !== undefined),
    responds: gateway.sources.some(({ respond }) => respond !== undefined),
    answering: answeringOf(gateway.sources),
    providers: [...new Set(gateway.sources.map(({ provider }) => provider.name))],
  };
}

function judged(definition: AnyGateway): Gateway {
  // Where the definition has none, the functions are told the API's address.
  const publicUrl = definition.publicUrl ?? "https://execute-api.amazonaws.com";
  const judgement = judgeGateway({ ...definition, publicUrl });
  if (judgement.kind === "gateway") return judgement.gateway;
  const lines = judgement.mistakes.map(({ path, expected, hint }) => {
    const tail = hint === undefined ? "" : ` (${hint})`;
    return `${path}: expected ${expected}${tail}`;
  });
  throw new GatewayError("CONFIG_INVALID", `The config has mistakes.\n${lines.join("\n")}`);
}

/** Read from the functions' own text: so the receiver has these modules, and none of destinations and routes. */
function answeringOf(sources: readonly Source[]): Plan["answering"] {
  const named = sources.flatMap(({ respond }) => {
    if (typeof respond?.module !== "function") return [];
    return /\bimport\(\s*(["'`])([^"'`]+)\1\s*\)/.exec(String(respond.module))?.[2] ?? "";
  });
  return named.includes("") ? "all" : named;
}

function jsonSchemasOf({ name, schemas = {} }: Source): PlannedSchemas[] {
  const found = Object.entries(schemas).flatMap(([types, schema]) =>
    isStandardSchema(schema) ? [] : [[types, schema] as const],
  );
  return found.length === 0 ? [] : [{ name, schemas: Object.fromEntries(found) }];
}

function pathsOf(sources: readonly Source[]): PlannedPath[] {
  const write = pathWriter();
  const byPath = Map.groupBy(sources, ({ path }) => write(path.text));
  return [...byPath].map(([path, list]) => {
    const lists = list.flatMap(({ allowIps }) => (allowIps === undefined ? [] : [allowIps]));
    return {
      path,
      isAuthorized: list.some(({ authorizer }) => authorizer),
      allowIps: lists.length === list.length ? [...new Set(lists.flat())] : undefined,
    };
  });
}

/**
 * Writes paths as API Gateway does. At one place it takes one name of a parameter only, so the first that stands
 * there is that of all; the receiver reads the path itself.
 */
function pathWriter(): (text: string) => string {
  const names = new Map<string, string>();
  return (text) =>
    text.split("/").reduce((before, part) => {
      const name = names.get(before) ?? part.slice(1);
      if (part.startsWith(":")) names.set(before, name);
      return `${before}/${part.startsWith(":") ? `{${name}}` : part}`;
    });
}

/** Options but those that name what is built: the gateway is told its name. */
function usedOptions({ type, options }: Destination): unknown {
  const built = builtOptions[type.name];
  if (built === undefined) return options;
  return Object.entries(optionsOf(options)).filter(([name]) => !built.includes(name));
}

const builtOptions: Readonly<Record<string, readonly string[]>> = {
  dynamodb: ["table", "payloadBucket"],
  s3: ["bucket"],
  sqs: ["queueUrl"],
  sns: ["topicArn"],
  eventbridge: ["bus"],
};

function optionsOf(options: unknown): Readonly<Record<string, unknown>> {
  return options as Readonly<Record<string, unknown>>;
}

function namesIn(value: unknown): string[] {
  return [...new Set(refsIn(value).map(({ name }) => name))].sort();
}

function refsIn(value: unknown): SecretRef[] {
  if (typeof value !== "object" || value === null) return [];
  const ref = secretRef.safeParse(value);
  return ref.success ? [ref.data] : Object.values(value).flatMap(refsIn);
}

function tableOf({ name, options }: Destination): PlannedTable {
  const { table, mapping, key, ttl, payloadBucket } = optionsOf(options) as {
    readonly table: string | SecretRef;
    readonly mapping?: Readonly<Record<string, string>>;
    readonly key?: readonly string[];
    readonly ttl?: string;
    readonly payloadBucket?: unknown;
  };
  const mapped = key ?? Object.keys(mapping ?? {}).slice(0, 1);
  return {
    destination: name,
    name: ownName(table),
    key:
      mapping === undefined
        ? eventKey
        : mapped.map((attribute) => ({ name: attribute, type: "S" })),
    ttl,
    hasPayloads: payloadBucket !== undefined,
  };
}

/** What isn't there already. */
function ownName(given: unknown): string | undefined {
  return typeof given === "string" && !given.startsWith("arn:") ? given : undefined;
}

function otherOf({ name, type, options }: Destination): PlannedOther[] {
  const option = { sqs: "queueUrl", sns: "topicArn", eventbridge: "bus" }[type.name];
  if (option === undefined) return [];
  const kind = type.name as PlannedOther["kind"];
  const given = optionsOf(options)[option] ?? (kind === "eventbridge" ? "default" : undefined);
  return [{ destination: name, kind, address: typeof given === "string" ? given : undefined }];
}
