/**
 * Bundles the functions of a gateway with esbuild; run as a process of its own, since the CDK builds its
 * tree synchronously and esbuild's plugins don't. Reads what to bundle as JSON from its first argument.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build, type Plugin } from "esbuild";
import * as z from "zod";

const orderSchema = z.object({
  /** The config's file. */
  config: z.string(),
  /** Whether a sender is proven by what must be fetched first. */
  fetchesKeys: z.boolean(),
  /** Whether a source has a JSON Schema. */
  checksJsonSchemas: z.boolean(),
  /** Surehook's own sources, unbuilt: then the config gets those too. */
  isUnbuilt: z.boolean(),
  functions: z.array(
    z.object({
      /** The file that makes the handler; without an export it is the handler's own. */
      file: z.string(),
      exportName: z.string().optional(),
      folder: z.string(),
      /** Whether destinations, and what the user's modules do, are left out. */
      isLean: z.boolean(),
    }),
  ),
});
type Order = z.output<typeof orderSchema>;
type Piece = Order["functions"][number];

/** Bundles every function of an order into its folder. */
export async function bundle(order: Order): Promise<void> {
  const kinds = order.functions.some(({ isLean }) => isLean) ? await destinationNames(order) : [];
  await Promise.all(order.functions.map((piece) => bundleOne(order, piece, kinds)));
}

async function bundleOne(order: Order, piece: Piece, kinds: readonly string[]): Promise<void> {
  await build({
    ...common(order),
    stdin: { contents: entryOf(order, piece), resolveDir: join(order.config, ".."), loader: "js" },
    outfile: join(piece.folder, "index.js"),
    minify: true,
    plugins: piece.isLean ? [withoutDestinations(kinds), withoutLateImports(order)] : [],
    // One file per function, in the form in which Lambda finds its own SDK.
    format: "cjs",
    define: { "import.meta.url": "importMetaUrl", "import.meta.dirname": "__dirname" },
    banner: { js: 'const importMetaUrl=require("node:url").pathToFileURL(__filename).href;' },
    supported: { "dynamic-import": false },
    legalComments: "none",
  });
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
  const ending = order.isUnbuilt ? "ts" : "js";
  const { metafile } = await build({
    ...common(order),
    entryPoints: [fileURLToPath(new URL(`../destinations/index.${ending}`, import.meta.url))],
    packages: "external",
    format: "esm",
    outfile: "names.js",
    write: false,
    metafile: true,
  });
  return Object.values(metafile.outputs).flatMap(({ exports }) => exports);
}

/** Destinations that only have a name: routes are planned by it, and nothing else is asked here. */
function withoutDestinations(names: readonly string[]): Plugin {
  const kind = '{ title: "", settings: {}, concurrency: 1 }';
  const contents = [
    `const made = (name) => ({ kind: "destination", type: { name, ...${kind} }, options: {} });`,
    ...names.map((name) => `export const ${name} = () => made("${name}");`),
  ].join("\n");
  return {
    name: "without-destinations",
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: /^surehook\/destinations$/ }, ({ path }) => ({
        path,
        namespace: "lean",
      }));
      onLoad({ filter: /.*/, namespace: "lean" }, () => ({ contents }));
    },
  };
}

/** What the config imports when it is wanted is wanted by destinations; and keys and compilers, if any source needs some. */
function withoutLateImports({ config, fetchesKeys, checksJsonSchemas }: Order): Plugin {
  const isUnwanted = (path: string, importer: string) =>
    importer === config ||
    (!fetchesKeys && /[/]key-fetcher[.][jt]s$/.test(path)) ||
    (!checksJsonSchemas && /[/]json-schema-checks[.][jt]s$/.test(path));
  return {
    name: "without-late-imports",
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: /.*/ }, ({ kind, importer, path }) =>
        kind === "dynamic-import" && isUnwanted(path, importer)
          ? { path, namespace: "late" }
          : undefined,
      );
      onLoad({ filter: /.*/, namespace: "late" }, () => ({ contents: "export {};" }));
    },
  };
}

if (import.meta.main) await bundle(orderSchema.parse(JSON.parse(process.argv[2] ?? "{}")));
