/** The JSON Schema of a config's JSON form, made from the same shapes that judge it. */
import * as z from "zod";
import type { DestinationKind, Provider } from "../core/define.ts";
import { shapeOf } from "../core/plain-setting.ts";
import { writtenSecret } from "../core/secret-ref.ts";
import { destinationShape, gatewayShape, routeShape, sourceShape } from "../core/settings.ts";
import { destinations } from "../destinations/index.ts";
import { providers } from "../providers/index.ts";
import { aliasShape } from "./aliases.ts";

const secretJson = writtenSecret.describe(
  "The secret of that name, from the environment or the file that NAME_FILE points to.",
);

const moduleJson = z.strictObject({ module: z.string().min(1) });

/** Named, so that it stands once in place of at each sender. */
const schemasJson = z
  .record(z.string(), z.union([z.string(), moduleJson, z.record(z.string(), z.unknown())]))
  .meta({
    id: "schemas",
    description:
      "What events must look like, by type or type glob: a JSON Schema, the path of a file with one, or a module that exports a Standard Schema as `schema`.",
  });

/** The schema as an object. */
export function configJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(configForm(), {
    io: "input",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      // What TypeScript gives as a URL object or a function, JSON gives as a path.
      if (zodSchema instanceof z.ZodCustom) Object.assign(jsonSchema, { type: "string" });
    },
  });
  return {
    $schema,
    $id: "surehook.schema.json",
    title: "surehook.config.json",
    description: "A webhook gateway as Surehook runs it.",
    ...schema,
  };
}

function configForm(): z.ZodType {
  const [firstProvider, ...otherProviders] = providers.map(sourceForm);
  const [firstKind, ...otherKinds] = Object.values(destinations).map(destinationForm);
  if (firstProvider === undefined || firstKind === undefined)
    throw new Error("nothing to describe");
  return z.strictObject({
    $schema: z.string().optional(),
    ...gatewayShape,
    ...z.strictObject(aliasShape).partial().shape,
    sources: z.record(z.string(), z.union([firstProvider, ...otherProviders])),
    destinations: z.record(z.string(), z.union([firstKind, ...otherKinds])),
    routes: z.array(z.strictObject(routeShape)),
  });
}

function sourceForm(provider: Provider) {
  const settings = Object.fromEntries(
    Object.entries(shapeOf(provider.settings)).map(([name, schema]) => [
      name,
      withSecretJson(schema),
    ]),
  );
  return z
    .strictObject({
      provider: z.literal(provider.name),
      ...sourceShape,
      secrets: z.union([z.array(secretJson), moduleJson]).optional(),
      schemas: schemasJson.optional(),
      ...settings,
    })
    .describe(`A source of ${provider.title}.`);
}

function destinationForm(kind: DestinationKind) {
  const settings = Object.fromEntries(
    Object.entries(kind.settings).map(([name, schema]) => [name, withSecretJson(schema)]),
  );
  return z
    .strictObject({ kind: z.literal(kind.name), ...destinationShape, ...settings })
    .describe(`A destination: ${kind.title}.`);
}

/** Where a reference to a secret is wanted, its JSON form is; a text may be one too. */
function withSecretJson(schema: z.core.$ZodType): z.ZodType {
  const text = JSON.stringify(
    z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }),
  ).includes('"const":"secret"');
  const isOptional = schema instanceof z.ZodOptional;
  const description = z.globalRegistry.get(schema as z.ZodType)?.description;
  if (!text) return schema as z.ZodType;
  const form = z.union([
    z.string(),
    secretJson,
    z.array(secretJson),
    z.record(z.string(), z.union([z.string(), secretJson])),
  ]);
  const described = description === undefined ? form : form.describe(description);
  return isOptional ? described.optional() : described;
}
