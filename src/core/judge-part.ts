/** What judging a source and a destination have in common. */

import type { ZodRawShape } from "zod";
import * as z from "zod";
import { nearest } from "../kit/suggest.ts";
import type { Conflict } from "./define.ts";
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

/** Options that don't go together, as mistakes. */
export function conflictMistakes(path: string, conflicts: readonly Conflict[]): Mistake[] {
  return conflicts.map(({ option, expected }) => ({
    path: `${path}.${option}`,
    expected,
    hint: undefined,
  }));
}

/**
 * The options of a provider's or kind's own, where all of them can be read, whatever is wrong with those that
 * every source or destination has. Undefined too where an unknown option may be one of them, misspelt.
 */
export function ownOptions(
  own: ZodRawShape,
  options: object,
  common: ZodRawShape,
): object | undefined {
  const known = Object.keys({ ...common, ...own });
  const misspelt = Object.keys(options)
    .filter((key) => !known.includes(key))
    .some((key) => (nearest(key, known) ?? "") in own);
  const read = z.looseObject(own).safeParse(options);
  return read.success && !misspelt ? read.data : undefined;
}

/** Whether an option is there, be it misspelt. */
export function isMentioned(option: string, options: object): boolean {
  return Object.keys(options).some((key) => key === option || nearest(key, [option]) === option);
}
