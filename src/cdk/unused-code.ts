/** Plugins of esbuild that leave out of a function's bundle what it never runs. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "esbuild";

/** Surehook's own modules: what a user's module imports is never left out. */
const own = fileURLToPath(new URL("../", import.meta.url));

/** What the definition asks for of that which Surehook imports when it is wanted. */
export type Wanted = {
  /** Whether a route gives the form of CloudEvents. */
  readonly makesCloudEvents: boolean;
};

/** Leaves out a package that only some definitions need. */
export function withoutUnwanted({ makesCloudEvents }: Wanted): Plugin {
  return {
    name: "without-unwanted",
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: /^cloudevents$/ }, ({ kind, importer, path }) =>
        !makesCloudEvents && kind === "dynamic-import" && importer.startsWith(own)
          ? { path, namespace: "unwanted" }
          : undefined,
      );
      onLoad({ filter: /.*/, namespace: "unwanted" }, () => ({ contents: "export {};" }));
    },
  };
}

/** What Surehook uses of undici; its door imports all of it, with a second parser and a third. */
const parts = {
  Pool: "undici/lib/dispatcher/pool.js",
  buildConnector: "undici/lib/core/connect.js",
} as const;

/** Lambda's processors have the instructions that the parser in use is made of. */
const spareParsers = /[/](?:milo[/](?:no-)?simd|llhttp-wasm)[.]js$/;

/** Leaves out of undici what isn't used; all of it stays where that version has its files elsewhere. */
export function withoutSpareParts(): Plugin {
  return {
    name: "without-spare-parts",
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: /^undici$/ }, ({ importer, resolveDir }) =>
        importer.startsWith(own) && hasParts(importer)
          ? { path: "undici", namespace: "parts", pluginData: resolveDir }
          : undefined,
      );
      onLoad({ filter: /.*/, namespace: "parts" }, ({ pluginData: resolveDir }) => ({
        contents: Object.entries(parts)
          .map(([name, file]) => `export { default as ${name} } from "${file}";`)
          .join("\n"),
        resolveDir,
      }));
      onResolve({ filter: spareParsers }, ({ importer, path }) =>
        /[/]undici[/]lib[/]/.test(importer) ? { path, namespace: "spare" } : undefined,
      );
      onLoad({ filter: /.*/, namespace: "spare" }, () => ({ contents: "" }));
    },
  };
}

function hasParts(importer: string): boolean {
  const { resolve } = createRequire(importer);
  try {
    for (const file of Object.values(parts)) resolve(file);
    return true;
  } catch {
    return false;
  }
}

/** What is told of a sender to people: where its documentation is, and what shows that its provider is right. */
const toldToPeople = [
  /^\s+(?:docs|addresses):\s+"[^"\n]*",\n/gm,
  // One with a brace in it stays.
  /^\s+evidence:\s+\{[^{}]*\},\n/gm,
  // What an option means.
  /\.describe\(\s*"(?:[^"\\\n]|\\.)*",?\s*\)/g,
];

/** Where that stands. */
const withWords =
  /[/\\](?:providers[/\\](?:schemes[/\\])?[^/\\]+|core[/\\](?:settings|respond))[.][jt]s$/;

/** Leaves out of providers and settings what no function reads: a third of what a kind of sender is. */
export function withoutWords(): Plugin {
  return {
    name: "without-words",
    setup: ({ onLoad }) => {
      onLoad({ filter: withWords }, async ({ path }) => {
        if (!path.startsWith(own)) return undefined;
        const text = await readFile(path, "utf8");
        const contents = toldToPeople.reduce((left, told) => left.replaceAll(told, ""), text);
        return { contents, loader: path.endsWith(".ts") ? "ts" : "js" };
      });
    },
  };
}

/** What the schema library writes JSON Schemas with, which only `surehook` itself does, and no function. */
const schemaWriting = /[/](?:json-schema-processors|to-json-schema)[.]js$/;

/** Whether somebody else than Surehook imports the schema library. */
export type Asked = { isByUser: boolean };

/**
 * Leaves out of zod what writes JSON Schemas. A user's module that imports zod may write some: `asked` then says so,
 * and the bundle is to be made again without this.
 */
export function withoutSchemaWriting(asked: Asked): Plugin {
  return {
    name: "without-schema-writing",
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: /^zod(?:[/]|$)/ }, ({ importer }) => {
        asked.isByUser ||= !importer.startsWith(own);
        return undefined;
      });
      onResolve({ filter: schemaWriting }, ({ importer, path, resolveDir }) =>
        /[/\\]zod[/\\]v4[/\\]classic[/\\]schemas[.]js$/.test(importer)
          ? { path: join(resolveDir, path), namespace: "writing" }
          : undefined,
      );
      onLoad({ filter: /.*/, namespace: "writing" }, async ({ path }) => ({
        contents: withoutWriters(path, await readFile(path, "utf8")),
        resolveDir: dirname(path),
      }));
    },
  };
}

/** The same names: what writes is never called, the rest (a schema's own limits, say) is as it was. */
function withoutWriters(path: string, text: string): string {
  const names = [...text.matchAll(/^export (?:const|function) (\w+)/gm)].map(
    ([, name = ""]) => name,
  );
  const isWriter = (name: string) => /Processor$|Method$/.test(name);
  const others = names.filter((name) => !isWriter(name)).join(", ");
  return [
    'const leftOut = () => { throw new Error("functions write no JSON Schema"); };',
    ...names.filter(isWriter).map((name) => `export const ${name} = () => leftOut;`),
    `export { ${others} } from ${JSON.stringify(path)};`,
  ].join("\n");
}
