import type { Source } from "../core/settings.ts";
import type { PathParams } from "../core/types.ts";
import { matchPath } from "../kit/path-pattern.ts";

/** The sources of a path, with what its parameters are there. */
export type Found = { readonly sources: readonly Source[]; readonly params: PathParams };

const noParams: PathParams = {};

/** Finds the sources of a path: fixed paths by one look-up, those with parameters in the config's order. */
export function sourceFinder(sources: readonly Source[]): (path: string) => Found | undefined {
  const byPath = Map.groupBy(sources, (source) => source.path.text);
  const fixed = new Map<string, Found>();
  const patterns: (readonly Source[])[] = [];
  for (const [path, list] of byPath) {
    if (list[0]?.path.names.length === 0) fixed.set(path, { sources: list, params: noParams });
    else patterns.push(list);
  }
  return (path) => {
    const found = fixed.get(path);
    if (found) return found;
    for (const list of patterns) {
      const params = matchPath((list[0] as Source).path, path);
      if (params) return { sources: list, params };
    }
    return undefined;
  };
}
