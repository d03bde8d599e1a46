/** The table of functions' variables in docs/aws.md, the one part of that page that is written from code. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Variable } from "../../src/app/lambda/environment.ts";
import { variableNames } from "../../src/app/lambda/environment.ts";

const begin = "<!-- Written from code by `node scripts/write-docs.ts`. -->";
const end = "<!-- Until here. -->";

type Words = { readonly of: string; readonly says: string };

const words: Readonly<Record<Variable, Words>> = {
  SUREHOOK_TABLE: { of: "all but authorizer, broadcaster", says: "the table's name" },
  SUREHOOK_BUCKET: { of: "all but authorizer, broadcaster", says: "the bucket's name" },
  SUREHOOK_BUS: { of: "receiver", says: "the bus's name" },
  SUREHOOK_QUEUE_URL: { of: "consumer, sweeper", says: "the queue's address" },
  SUREHOOK_DEAD_QUEUE_URL: { of: "consumer", says: "the dead-letter queue's address" },
  SUREHOOK_SECRETS: {
    of: "receiver, consumer, refresher, live",
    says: '`[{"id":"arn:…"}]`, with secrets that hold JSON, a field for each name; a secret may also be a variable by its own name',
  },
  SUREHOOK_SECRET_PARAMETERS: {
    of: "receiver, consumer, refresher, live",
    says: "in place of it, where that is long: parameters of Systems Manager that hold the same, joined by commas",
  },
  SUREHOOK_RESOURCES: {
    of: "consumer",
    says: 'options of destinations that name what was made for them: `{"table":{"table":"…"}}`',
  },
  SUREHOOK_RESOURCE_PARAMETERS: {
    of: "consumer",
    says: "in place of it, where that is long: parameters of Systems Manager that hold the same, joined by commas",
  },
  SUREHOOK_RETRIES: {
    of: "consumer, archiver",
    says: "`engine` (default) or `queue`, as the prop `retries`",
  },
  SUREHOOK_ORIGIN_SECRET: {
    of: "receiver",
    says: "behind CloudFront: the name of the secret that it shows in `X-Surehook-Origin`",
  },
  SUREHOOK_SHARDS: {
    of: "all that have the table",
    says: "partitions of what waits and of a day's listing (8); may be raised, never lowered",
  },
  SUREHOOK_TOPIC_ARN: { of: "consumer", says: "with `websocket`: the topic" },
  SUREHOOK_CONNECTIONS_TABLE: {
    of: "live, broadcaster",
    says: "the table of clients (partition key `connectionId`, time to live `ttl`)",
  },
  SUREHOOK_CALLBACK_URL: {
    of: "live, broadcaster",
    says: "the stage of the WebSocket API, by https",
  },
  SUREHOOK_PARAMETER_PREFIX: {
    of: "consumer, refresher",
    says: "with `salesforce`: what parameters that show a token's end begin with",
  },
  SUREHOOK_LOG_LEVEL: { of: "all", says: "`debug`, `info` (default), `warn`, `error`, `silent`" },
};

/** The page with the table as the functions read their variables. */
export function awsPage(): string {
  const text = readFileSync(join(import.meta.dirname, "../../docs/aws.md"), "utf8");
  const [before = "", rest = ""] = text.split(begin);
  const [, after = ""] = rest.split(end);
  const rows = variableNames.map(
    (name) => `| \`${name}\` | ${words[name].of} | ${words[name].says} |`,
  );
  const table = ["| variable | of | what it says |", "| --- | --- | --- |", ...rows].join("\n");
  return `${before}${begin}\n${table}\n${end}${after}`;
}
