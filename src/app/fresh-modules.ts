/**
 * Node keeps each module that it has loaded, by its address. Where a config is read again while the process
 * goes on (`surehook dev`), its modules get another address each time; packages and Surehook's own don't.
 * What was loaded before stays in memory: a few hundred kilobytes for each change of a config.
 */
import { registerHooks } from "node:module";

/** Where Surehook's own modules are: `src/` in the repository, `dist/` in the package. */
const own = new URL("../", import.meta.url).href;

let edition = 0;

/** From now on modules of the user's that are imported are read anew, once each until the next call. */
export function freshModules(): void {
  edition += 1;
  if (edition > 1) return;
  registerHooks({
    resolve: (specifier, context, nextResolve) => {
      const found = nextResolve(specifier, context);
      // `require` knows modules by their path, which has no room for more.
      if (!context.conditions.includes("import") || !isUsers(found.url)) return found;
      const url = new URL(found.url);
      url.searchParams.set("edition", String(edition));
      return { ...found, url: url.href };
    },
  });
}

function isUsers(url: string): boolean {
  return url.startsWith("file:") && !url.startsWith(own) && !url.includes("/node_modules/");
}
