/** The plugin of esbuild that gives a function its JSON Schemas as compiled modules, in place of their compiler. */
import { fileURLToPath } from "node:url";
import type { Plugin } from "esbuild";

/** Modules that JSON Schemas were made, by the schemas' keys. */
export type SchemaModules = Readonly<Record<string, string>>;

const app = fileURLToPath(new URL("../app/", import.meta.url));

/** Of ajv a function then has what its schemas call: how long a text is, say. */
export function withCompiledSchemas(modules: SchemaModules): Plugin {
  return {
    name: "with-compiled-schemas",
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: /[/]json-schema-checks[.][jt]s$/ }, ({ importer, path }) =>
        importer.startsWith(app) ? { path, namespace: "schemas" } : undefined,
      );
      onLoad({ filter: /.*/, namespace: "schemas" }, ({ path }) => ({
        contents: checksOf(modules, path.replace("checks", "answers")),
        resolveDir: app,
      }));
      onResolve({ filter: /^schema:/ }, ({ path }) => ({ path, namespace: "schema" }));
      onLoad({ filter: /.*/, namespace: "schema" }, ({ path }) => ({
        contents: modules[path.replace("schema:", "")] ?? "",
        resolveDir: app,
      }));
    },
  };
}

/** `answers` finds a schema's validator again, and says what it says. */
function checksOf(modules: SchemaModules, answers: string): string {
  const keys = Object.keys(modules).map((key) => JSON.stringify(key));
  const entries = keys.map((key, at) => `${key}: validate${at}`);
  return [
    ...keys.map((key, at) => `import validate${at} from ${key.replace('"', '"schema:')};`),
    `import { checkAmong } from ${JSON.stringify(answers)};`,
    `export const jsonSchemaCheck = checkAmong({ ${entries.join(", ")} });`,
  ].join("\n");
}
