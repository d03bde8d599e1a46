/**
 * Bundles the functions of a gateway with esbuild; run as a process of its own, since the CDK builds its
 * tree synchronously and esbuild's plugins don't. Reads what to bundle as JSON from its first argument.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build, type Plugin } from "esbuild";
import * as z from "zod";
import { moduleOfJson } from "./json-entry.ts";
import { type SchemaModules, withCompiledSchemas } from "./schema-modules.ts";
import {
  withoutSchemaWriting,
  withoutSpareParts,
  withoutUnwanted,
  withoutWords,
} from "./unused-code.ts";

const orderSchema = z.object({
  /** The config's file. */
  config: z.string(),
  /** The file of the modules that JSON Schemas were made. Undefined: there are none. */
  schemas: z.string().optional(),
  makesCloudEvents: z.boolean(),
  /** Surehook's own sources, unbuilt: then the config gets those too. */
  isUnbuilt: z.boolean(),
  functions: z.array(
    z.object({
      /** The file that makes the handler; without an export it is the handler's own. */
      file: z.string(),
      exportName: z.string().optional(),
      folder: z.string(),
      /** The kinds of destination that it has; of all others only names. Undefined: all. */
      kinds: z.array(z.string()).optional(),
      /** Which of the modules it has that the config imports when they are wanted. */
      modules: z.union([z.literal("all"), z.array(z.string())]),
    }),
  ),
});
type Order = z.output<typeof orderSchema>;
type Piece = Order["functions"][number];

/** What is known of all functions. */
type Known = {
  /** What `surehook/destinations` exports, where a function has names only. */
  readonly names: readonly string[];
  readonly schemas: SchemaModules;
};

/** Bundles every function of an order into its folder. */
export async function bundle(order: Order): Promise<void> {
  const isNamed = order.functions.some(({ kinds }) => kinds !== undefined);
  const names = isNamed ? await destinationNames(order) : [];
  const schemas: SchemaModules =
    order.schemas === undefined ? {} : JSON.parse(await readFile(order.schemas, "utf8"));
  const known = { names, schemas };
  await Promise.all(order.functions.map((piece) => bundleOne(order, piece, known)));
}

async function bundleOne(order: Order, piece: Piece, known: Known): Promise<void> {
  const plugins = pluginsFor(order, piece, known);
  const asked = { isByUser: false };
  await buildOne(order, piece, [...plugins, withoutSchemaWriting(asked)]);
  if (asked.isByUser) await buildOne(order, piece, plugins);
}

async function buildOne(order: Order, piece: Piece, plugins: Plugin[]): Promise<void> {
  await build({
    ...common(order),
    stdin: { contents: entryOf(order, piece), resolveDir: join(order.config, ".."), loader: "js" },
    outfile: join(piece.folder, "index.js"),
    minify: true,
    plugins,
    // One file per function, in the form in which Lambda finds its own SDK.
    format: "cjs",
    define: { "import.meta.url": "importMetaUrl", "import.meta.dirname": "__dirname" },
    banner: { js: 'const importMetaUrl=require("node:url").pathToFileURL(__filename).href;' },
    supported: { "dynamic-import": false },
    legalComments: "none",
  });
}

function pluginsFor(order: Order, piece: Piece, { names, schemas }: Known): Plugin[] {
  return [
    ...(order.config.endsWith(".json") ? [jsonConfig(order)] : []),
    ...(piece.kinds === undefined ? [] : [withoutDestinations(order, names, piece.kinds)]),
    ...(piece.modules === "all" ? [] : [withoutLateImports(order, piece.modules)]),
    withCompiledSchemas(schemas),
    withoutUnwanted(order),
    withoutSpareParts(),
    withoutWords(),
  ];
}

/** Lambda's own runtime has the SDK. */
const external = ["@aws-sdk/*", "@smithy/*"];

function common({ isUnbuilt }: Order) {
  return {
    bundle: true,
    platform: "node",
    target: "node24",
    logLevel: "error",
    external,
    conditions: isUnbuilt ? ["surehook-source"] : [],
  } satisfies BuildOptions;
}

function entryOf({ config }: Order, { file, exportName }: Piece): string {
  const from = JSON.stringify(file);
  if (exportName === undefined) return `export { handler } from ${from};`;
  return [
    `import gateway from ${JSON.stringify(config)};`,
    `import { ${exportName} } from ${from};`,
    "const publicUrl = gateway.publicUrl ?? process.env.SUREHOOK_PUBLIC_URL;",
    `export const handler = ${exportName}({ ...gateway, publicUrl });`,
  ].join("\n");
}

/** What `surehook/destinations` exports, by a bundle of it alone. */
async function destinationNames(order: Order): Promise<readonly string[]> {
  const { metafile } = await build({
    ...common(order),
    entryPoints: [destinationFile(order, "index")],
    packages: "external",
    format: "esm",
    outfile: "names.js",
    write: false,
    metafile: true,
  });
  return Object.values(metafile.outputs).flatMap(({ exports }) => exports);
}

function destinationFile({ isUnbuilt }: Order, name: string): string {
  return beside(`../destinations/${name}.${isUnbuilt ? "ts" : "js"}`);
}

function beside(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}

/** A config of the JSON form, as a module. */
function jsonConfig({ config, isUnbuilt }: Order): Plugin {
  const definitionFile = beside(`../app/json-definition.${isUnbuilt ? "ts" : "js"}`);
  return {
    name: "json-config",
    setup: ({ onLoad }) => {
      onLoad({ filter: /[.]json$/ }, async ({ path }) => {
        if (path !== config) return undefined;
        const json: unknown = JSON.parse((await readFile(path, "utf8")).replace(/^\uFEFF/, ""));
        return { contents: moduleOfJson(json, definitionFile), loader: "js" };
      });
    },
  };
}

/** Destinations that only have a name, since routes are planned by it; but `real` ones, as they are. */
function withoutDestinations(
  order: Order,
  names: readonly string[],
  real: readonly string[],
): Plugin {
  const kind =
    '{ title: "", settings: {}, concurrency: 1, open: async () => ({ close: async () => {} }) }';
  const exported = (name: string) =>
    real.includes(name)
      ? `export { ${name} } from ${JSON.stringify(destinationFile(order, name))};`
      : `export const ${name} = () => made("${name}");`;
  const contents = [
    `const kind = ${kind};`,
    'const made = (name) => ({ kind: "destination", type: { name, ...kind }, options: {} });',
    ...names.map(exported),
  ].join("\n");
  const resolveDir = join(order.config, "..");
  return {
    name: "without-destinations",
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: /^surehook\/destinations$/ }, ({ path }) => ({
        path,
        namespace: "names",
      }));
      onLoad({ filter: /.*/, namespace: "names" }, () => ({ contents, resolveDir }));
    },
  };
}

/** What the config imports when it is wanted is wanted by destinations and routes, and by sources that answer. */
function withoutLateImports({ config }: Order, wanted: readonly string[]): Plugin {
  return {
    name: "without-late-imports",
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: /.*/ }, ({ kind, importer, path }) =>
        kind === "dynamic-import" && importer === config && !wanted.includes(path)
          ? { path, namespace: "late" }
          : undefined,
      );
      onLoad({ filter: /.*/, namespace: "late" }, () => ({ contents: "export {};" }));
    },
  };
}

if (import.meta.main) await bundle(orderSchema.parse(JSON.parse(process.argv[2] ?? "{}")));
