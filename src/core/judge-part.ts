/** What judging a source and a destination have in common. */

import type { ZodRawShape } from "zod";
import * as z from "zod";
import { nearest } from "../kit/suggest.ts";
import type { Conflict } from "./define.ts";
import { got } from "./got.ts";
import type { Mistake } from "./mistakes.ts";

/** A part that names no provider or kind that there is; `meant` is the one that its name is near. */
export type Misnamed<Of> = {
  readonly kind: "misnamed";
  readonly of: "source" | "destination";
  readonly meant: Of | undefined;
  readonly options: object;
};

/** Whether a value is a source or destination as functions of ours make it, be its name wrong. */
export function isGivenAs<T extends { readonly kind: string }>(
  value: unknown,
  kind: "source" | "destination",
): value is T {
  if (typeof value !== "object" || value === null || !("kind" in value)) return false;
  return value.kind === kind || (value.kind === "misnamed" && "of" in value && value.of === kind);
}

/** Options that are no object, as where an address stands alone, of the provider or kind that is named. */
export function optionsMistakes(options: unknown, named: string, path: string): Mistake[] {
  if (typeof options === "object" && options !== null && !Array.isArray(options)) return [];
  const call = named.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  const expected = `its options in one object: ${call}({ … })`;
  return [{ path, expected, hint: got(options) }];
}

/** `health` is an address of the gateway's own (`/webhooks/health`). */
export function nameMistakes(name: string, path: string): Mistake[] {
  if (!/^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(name)) {
    const expected = "a name of letters, digits, - and _, at most 64, beginning with a letter";
    return [{ path, expected, hint: undefined }];
  }
  const isTaken = name === "health";
  return isTaken
    ? [{ path, expected: "another name", hint: '"health" is the gateway\'s own address' }]
    : [];
}

/** The options of a provider's or kind's own, read one by one: what is wrong in one hides nothing of the others. */
export type OwnOptions = {
  /** All of them, where each is right. */
  readonly all: object | undefined;
  /** What they come to without those that are wrong, where these may be missing. */
  readonly most: object | undefined;
  /** Those that are right, each by itself. */
  readonly right: object;
  /** The names of the others, also where one is there in another spelling. */
  readonly wrong: ReadonlySet<string>;
};

/** Reads options of a provider's or kind's own beside the `common` ones. */
export function ownOptions(own: ZodRawShape, options: object, common: ZodRawShape): OwnOptions {
  const known = Object.keys({ ...common, ...own });
  const given: Readonly<Record<string, unknown>> = { ...options };
  const misspelt = Object.keys(given).flatMap((key) => {
    const meant = known.includes(key) ? undefined : nearest(key, known);
    return meant !== undefined && meant in own ? [meant] : [];
  });
  const read = Object.entries(own).map(([name, schema]) => ({
    name,
    ...z.safeParse(schema, given[name]),
  }));
  const entries = read.flatMap(({ name, success, data }) =>
    success && data !== undefined ? [[name, data] as const] : [],
  );
  const right = Object.fromEntries(entries);
  const wrong = new Set([
    ...misspelt,
    ...read.flatMap(({ name, success }) => (success ? [] : [name])),
  ]);
  const most = misspelt.length === 0 ? z.looseObject(own).safeParse(right).data : undefined;
  return { all: wrong.size === 0 ? { ...options, ...right } : undefined, most, right, wrong };
}

/** Options that don't go together, as mistakes, but for what follows from one that is wrong by itself. */
export function conflictMistakes(
  path: string,
  find: ((options: object) => readonly Conflict[]) | undefined,
  { right, wrong }: OwnOptions,
): Mistake[] {
  const isCertain = ({ from }: Conflict): boolean =>
    wrong.size === 0 || from?.every((option) => !wrong.has(option)) === true;
  return (find?.(right) ?? []).filter(isCertain).map(({ option, expected }) => ({
    path: `${path}.${option}`,
    expected,
    hint: undefined,
  }));
}

/** Whether an option is there, be it misspelt. */
export function isMentioned(option: string, options: object): boolean {
  return Object.keys(options).some((key) => key === option || nearest(key, [option]) === option);
}
