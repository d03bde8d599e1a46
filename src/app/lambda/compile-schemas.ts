/**
 * Tells, before a gateway is deployed, of schemas that its receiver could not use, and compiles those that are JSON, so
 * that it needs no compiler. A process of its own, since compilers are loaded late and the CDK waits for nothing: it is
 * told what to do as JSON on its input.
 */
import { writeFileSync } from "node:fs";
import { json } from "node:stream/consumers";
import * as z from "zod";
import { isStandardSchema, type JsonSchema } from "../../core/schemas.ts";
import { setVariables } from "../config.ts";
import { keyOf } from "../json-schema-answers.ts";
import { ConfigError, readConfig } from "../load-config.ts";
import { sampleOf } from "../sample.ts";
import { compileSchemas } from "../schemas.ts";

const schemasShape = z.record(z.string(), z.record(z.string(), z.unknown()));
const orderShape = z.object({
  config: z.string(),
  /** Variables that functions are given beside the stack's: a schema may follow from them. */
  environment: z.record(z.string(), z.string()),
  /** JSON Schemas of the definition that is deployed. */
  sources: z.array(z.object({ name: z.string(), schemas: schemasShape })),
  /** Where the modules are written that they become, by the schemas' keys. */
  file: z.string(),
});

const order = orderShape.parse(await json(process.stdin));
setVariables(order.environment);
// What only a loader of the user's own can read was read by that one: then its JSON Schemas are all that is known here.
const config = await readConfig(order.config, { config: undefined }).catch(() => undefined);
// What is read here may say something else, by the variables that functions are given.
const sources = [...(config?.parts.sources ?? []), ...order.sources];
const { mistakes } = await compileSchemas(sources, sampleOf);
if (mistakes.length > 0) {
  const once = new Map(mistakes.map((mistake) => [mistake.path, mistake]));
  const { message } = new ConfigError(order.config, [...once.values()]);
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
} else {
  const found = sources.flatMap(({ schemas }) => Object.values(schemas ?? {}));
  const modules = await modulesOf(found.filter((schema) => !isStandardSchema(schema)));
  writeFileSync(order.file, JSON.stringify(modules));
}

async function modulesOf(
  schemas: readonly JsonSchema[],
): Promise<Readonly<Record<string, string>>> {
  if (schemas.length === 0) return {};
  const { jsonSchemaModule } = await import("../json-schema-checks.ts");
  return Object.fromEntries(schemas.map((schema) => [keyOf(schema), jsonSchemaModule(schema)]));
}
