/** Judges the routes of a gateway's definition. */
import type { z } from "zod";
import { matchesGlob } from "../kit/glob.ts";
import { hintFor } from "../kit/suggest.ts";
import { type Mistake, readPart } from "./mistakes.ts";
import { routeNames } from "./readable.ts";
import { isRaw } from "./route.ts";
import { routeSchema, type routeShape } from "./settings.ts";
import type { Route } from "./types.ts";

/** The routes (undefined where one can't be read), and what is wrong with them, whatever else is wrong with the definition. */
export function judgeRoutes(
  written: readonly unknown[],
  known: {
    readonly sources: readonly string[];
    readonly destinations: readonly string[];
    /** Destinations without headers. */
    readonly headless: ReadonlySet<string>;
  },
): { readonly routes: readonly (Route | undefined)[]; readonly mistakes: readonly Mistake[] } {
  const mistakes: Mistake[] = [];
  const read = written.map((one, at) => {
    const base = `routes[${at}]`;
    const route = readPart(routeSchema, one, base);
    if ("data" in route) return toRoute(route.data);
    const meantFrom = hasSourceAsForm(one, known.sources) ? `${base}.form` : undefined;
    mistakes.push(
      ...route.mistakes.map((mistake) =>
        mistake.path === meantFrom ? { ...mistake, hint: 'did you mean "from"?' } : mistake,
      ),
    );
    return undefined;
  });
  const wrongNames = written.flatMap((one, at) => {
    const { from, to } = routeNames.parse(one);
    return [
      ...nameMistakes(`routes[${at}].from`, "source", { given: from, known: known.sources }),
      ...nameMistakes(`routes[${at}].to`, "destination", { given: to, known: known.destinations }),
    ];
  });
  mistakes.push(...wrongNames, ...formMistakes(read), ...headlessMistakes(read, known.headless));
  return { routes: read, mistakes };
}

/** `form` is also what fingers make of `from`. */
function hasSourceAsForm(route: unknown, sources: readonly string[]): boolean {
  if (typeof route !== "object" || route === null || !("form" in route)) return false;
  return [route.form].flat().some((name) => sources.some((source) => source === name));
}

function toRoute(route: z.output<z.ZodObject<typeof routeShape>>): Route {
  const list = (value: string | readonly string[]): readonly string[] =>
    typeof value === "string" ? [value] : value;
  return {
    from: route.from === undefined ? undefined : list(route.from),
    types: route.types,
    to: list(route.to),
    ...(route.form === undefined ? {} : { form: route.form }),
    ...(route.transform === undefined ? {} : { transform: route.transform }),
  };
}

/** CloudEvents in binary form are the sender's bytes: what they are stands in headers alone. */
function headlessMistakes(
  routes: readonly (Route | undefined)[],
  headless: ReadonlySet<string>,
): Mistake[] {
  return routes.flatMap((route, at) => {
    const name = route?.form === "cloudevents" && route.to.find((one) => headless.has(one));
    if (!name) return [];
    return [
      {
        path: `routes[${at}].form`,
        expected: `a form that "${name}" can carry: it has no headers, where the attributes of this one stand`,
        hint: 'use "cloudevents-structured", which has them beside the data',
      },
    ];
  });
}

function formMistakes(routes: readonly (Route | undefined)[]): Mistake[] {
  return routes.flatMap((route, at) => {
    if (route === undefined) return [];
    const mistakes: Mistake[] = [];
    if (route.form !== undefined && route.transform !== undefined) {
      mistakes.push({
        path: `routes[${at}].form`,
        expected: "a form or a transform, not both",
        hint: "remove one: what a transform returns is what goes out",
      });
    }
    for (const name of route.to) {
      const before = routes.findIndex(
        (other, place) => place < at && other?.to.includes(name) && covers(other, route),
      );
      const first = routes[before];
      if (first === undefined || isSameForm(first, route)) continue;
      mistakes.push({
        path: `routes[${at}]`,
        expected: `what routes[${before}] does not take already: each event goes to "${name}" in the form of the first route that names it`,
        hint: `give both the same form, or put routes[${at}] before routes[${before}]`,
      });
    }
    return mistakes;
  });
}

/** Whether one route certainly takes all that another does. A glob of the other is only compared as text. */
function covers(one: Route, other: Route): boolean {
  const hasSources =
    one.from === undefined || other.from?.every((name) => one.from?.includes(name)) === true;
  if (!hasSources || one.types === undefined) return hasSources;
  const isTaken = (type: string): boolean =>
    one.types?.some((glob) => glob === type || (!type.includes("*") && matchesGlob(glob, type))) ===
    true;
  return other.types?.every(isTaken) === true;
}

function isSameForm(one: Route, other: Route): boolean {
  if (isRaw(one) && isRaw(other)) return true;
  return one.form === other.form && one.transform === other.transform;
}

function nameMistakes(
  path: string,
  what: "source" | "destination",
  {
    given = [],
    known,
  }: { readonly given: readonly string[] | undefined; readonly known: readonly string[] },
): Mistake[] {
  const unknown = given
    .filter((name) => !known.includes(name))
    .map((name) => ({
      path,
      expected: `the name of a ${what}, not "${name}"`,
      hint: hintFor(name, known),
    }));
  const repeated = new Set(given.filter((name, at) => given.indexOf(name) !== at));
  const twice = [...repeated].map((name) => ({
    path,
    expected: `each ${what} once, but "${name}" is there again`,
    hint: "remove it, or name the one that was meant",
  }));
  return [...unknown, ...twice];
}
