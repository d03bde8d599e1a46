/**
 * A config says `import … from "surehook"`, wherever it lies: beside a local install, in a folder
 * without `node_modules` under a global install, on a container's volume. The hook reads that name by
 * the exports of the package that runs, so that it always means this one, never a second copy.
 * (Handing it to Node with another `parentURL` does the same for `import`, but not for `require`.)
 */
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { extname } from "node:path";

/** The package's folder, seen from `src/app/` and from `dist/app/`. */
const packageRoot = new URL("../../", import.meta.url);

/** The condition of the file wanted: the repository runs its sources unbuilt. */
const condition = import.meta.url.endsWith(".ts") ? "surehook-source" : "default";

type Manifest = {
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
};

/** Addresses of modules that a process of user code imports first. */
export const workerPrelude: readonly string[] = [
  new URL(`./register-hook${extname(import.meta.url)}`, import.meta.url).href,
];

let registered = false;

/** From now on `surehook` and `surehook/…` mean the running package, in this thread. */
export function registerSurehook(): void {
  if (registered) return;
  registered = true;
  const addresses = exportedAddresses();
  registerHooks({
    resolve: (specifier, context, nextResolve) => {
      const url = addresses.get(specifier);
      if (url !== undefined) return { url, shortCircuit: true };
      const isOurs = specifier.startsWith("surehook/");
      // Asked from here, Node says which exports there are; from elsewhere, that there is no package.
      return nextResolve(specifier, isOurs ? { ...context, parentURL: import.meta.url } : context);
    },
  });
}

function exportedAddresses(): ReadonlyMap<string, string> {
  const text = readFileSync(new URL("package.json", packageRoot), "utf8");
  const manifest: Manifest = JSON.parse(text);
  const addresses = new Map<string, string>();
  for (const [subpath, target] of Object.entries(manifest.exports)) {
    const file = typeof target === "string" ? target : target[condition];
    if (file === undefined) continue;
    addresses.set(`surehook${subpath.slice(1)}`, new URL(file, packageRoot).href);
  }
  return addresses;
}
