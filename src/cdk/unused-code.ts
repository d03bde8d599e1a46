/** Plugins of esbuild that leave out of a function's bundle what it never runs. */
import { createRequire } from "node:module";
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
