import { headerOf } from "../kit/raw-headers.ts";
import { pickSource } from "./receive.ts";
import type { Source } from "./settings.ts";

/**
 * Whether the sources of a path that ask for it deny a request by its head alone: its `Authorization` is empty
 * or `invalid`, or it has neither one nor a signature header of theirs. Every other verdict is a signature's.
 */
export function isDenied(
  sources: readonly Source[],
  headers: readonly string[],
  query: string,
): boolean {
  if (!sources.some(({ authorizer }) => authorizer)) return false;
  const authorization = headerOf(headers, "authorization")?.trim();
  if (authorization !== undefined) return authorization === "" || authorization === "invalid";
  return !sources.some((source) => source.marks.length === 0 || isMarked(source, headers, query));
}

function isMarked(source: Source, headers: readonly string[], query: string): boolean {
  // A path of one source picks it in any case; beside another one its mark must be there.
  return pickSource([source, source], headers, query) !== undefined;
}
