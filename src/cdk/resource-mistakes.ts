/** Tables and buckets that can't be built as the definition names them: another would stand in their place. */
import { Token } from "aws-cdk-lib";
import type { Destination } from "../core/settings.ts";
import type { Plan, PlannedTable } from "./plan.ts";
import type { ExistingResources } from "./props.ts";

/** What is built for a kind of destination, and how one that is there is given. */
const built = {
  dynamodb: { option: "table", part: "tables", found: "Table.fromTableArn(…)" },
  s3: { option: "bucket", part: "buckets", found: "Bucket.fromBucketName(…)" },
} as const;

/** What is wrong with them; `region` is the stack's. */
export function resourceMistakes(
  plan: Plan,
  existing: ExistingResources,
  region: string,
): readonly string[] {
  return [
    ...plan.gateway.destinations.flatMap((one) => mistakesOf(one, existing, region)),
    ...keyMistakes(plan.tables.filter(({ destination }) => !existing.tables?.[destination])),
    ...Object.values(built).flatMap(({ part, option }) => {
      const given = existing[part] ?? {};
      return sharedMistakes(plan[part], {
        option,
        part,
        isGiven: (name) => given[name] !== undefined,
      });
    }),
  ];
}

function mistakesOf(
  { name, type, options }: Destination,
  existing: ExistingResources,
  region: string,
): string[] {
  if (type.name !== "dynamodb" && type.name !== "s3") return [];
  const { option, part, found } = built[type.name];
  if (existing[part]?.[name] !== undefined) return [];
  const given = options as Readonly<Record<string, unknown>>;
  const address = given[option];
  const path = `destinations.${name}`;
  const give = `Give the one that is there under existing.${part}.${name}: ${found}`;
  const kind = typeof address === "string" ? "an ARN" : "a secret";
  return [
    ...(typeof address === "string" && !address.startsWith("arn:")
      ? []
      : [
          `${path}.${option}: expected the name of the ${option} to be built, not ${kind}. ${give}`,
        ]),
    ...(given["region"] === undefined || given["region"] === region
      ? []
      : [
          `${path}.region: expected ${Token.isUnresolved(region) ? "none" : region}, since the ${option} is built in the stack's region. Leave it out; or: ${give}`,
        ]),
    ...(given["endpoint"] === undefined
      ? []
      : [
          `${path}.endpoint: expected none, since the ${option} that is built is AWS's. Leave it out; or: ${give}`,
        ]),
  ];
}

/** Destinations of one table share it. */
function keyMistakes(tables: readonly PlannedTable[]): string[] {
  const byName = Map.groupBy(tables, ({ name }) => name);
  return [...byName].flatMap(([name, [first, ...others]]) =>
    others
      .filter((one) => name !== undefined && shapeOf(one) !== shapeOf(first))
      .map(
        (one) =>
          `destinations.${one.destination}.table: ${first?.destination} names ${name} too, with another key or ttl. Give both the same, or each a table of its own`,
      ),
  );
}

function shapeOf(table: PlannedTable | undefined): string {
  return JSON.stringify([table?.key, table?.ttl]);
}

/** One that is given for a destination, and would be built for another. */
function sharedMistakes(
  planned: readonly { readonly destination: string; readonly name: string | undefined }[],
  how: {
    readonly option: string;
    readonly part: string;
    readonly isGiven: (destination: string) => boolean;
  },
): string[] {
  const { option, part, isGiven } = how;
  const given = planned.filter(({ destination }) => isGiven(destination));
  return planned.flatMap(({ destination, name }) => {
    const other = given.find((one) => one.name === name);
    if (isGiven(destination) || name === undefined || other === undefined) return [];
    return `destinations.${destination}.${option}: ${other.destination} names ${name} too, and has it by existing. Give it under existing.${part}.${destination} as well`;
  });
}
