/** The paths of the gateway's one server, which sources, live clients and its own answers share. */
import { matchPath, type PathPattern } from "../kit/path-pattern.ts";
import type { Mistake } from "./mistakes.ts";
import type { DestinationOutline, SourceOutline } from "./readable.ts";

/** Whether the gateway answers a path itself. */
function isHealthPath(path: string): boolean {
  return /^\/(health\/(live|ready)|webhooks\/health)$/.test(path);
}

/** What is wrong with the paths that destinations take on the gateway's server. */
export function livePathMistakes(
  destinations: readonly DestinationOutline[],
  sources: readonly SourceOutline[],
): Mistake[] {
  const taken = new Map<string, string>();
  return destinations.flatMap(({ name, path }) => {
    if (path === undefined) return [];
    const source = sources.find((one) => one.path && matchPath(one.path, path) !== undefined);
    const other = source ? `sources.${source.name}` : taken.get(path);
    taken.set(path, `destinations.${name}`);
    if (other === undefined && !isHealthPath(path)) return [];
    const expected = other
      ? `a path of its own: ${other} has this one`
      : "a path that the gateway does not answer itself";
    return [{ path: `destinations.${name}.path`, expected, hint: undefined }];
  });
}

type Placed = SourceOutline & { readonly path: PathPattern };

/** What is wrong with sources that share a path, or take one of the gateway's own. */
export function sharedPathMistakes(sources: readonly SourceOutline[]): Mistake[] {
  const mistakes: Mistake[] = [];
  const shapes = new Map<string, Placed[]>();
  for (const source of sources.filter(isPlaced)) {
    if (isHealthPath(source.path.text)) {
      mistakes.push({
        path: `sources.${source.name}.path`,
        expected: "a path that the gateway does not answer itself",
        hint: "/health/live, /health/ready and /webhooks/health are taken",
      });
    }
    const shape = source.path.text.replaceAll(/:[^/]+/g, ":");
    const others = shapes.get(shape) ?? [];
    mistakes.push(...others.flatMap((other) => clash(other, source)));
    shapes.set(shape, [...others, source]);
  }
  return mistakes;
}

function isPlaced(source: SourceOutline): source is Placed {
  return source.path !== undefined;
}

function clash(first: Placed, second: Placed): Mistake[] {
  const path = `sources.${second.name}.path`;
  if (first.path.text !== second.path.text) {
    return [
      { path, expected: `the same parameter names as sources.${first.name}`, hint: undefined },
    ];
  }
  if (first.marks === undefined || second.marks === undefined) return [];
  const { marks } = first;
  const shared = second.marks.find((mark) => marks.includes(mark));
  if (shared === undefined && marks.length > 0 && second.marks.length > 0) return [];
  return [
    {
      path,
      expected: `a path of its own: ${shared === undefined ? "no header tells it" : `"${shared}" does not tell it`} from sources.${first.name}`,
      hint: undefined,
    },
  ];
}
