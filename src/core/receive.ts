import { headerOf } from "../kit/raw-headers.ts";
import type { Source } from "./settings.ts";
import type { Request } from "./types.ts";

declare const stage: unique symbol;
/** Marks a value as the output of a stage, so that a later stage can't be called without it. */
export type At<S extends string> = { readonly [stage]: S };

/** A request that stands at its source, whole and within limits. */
export type Received = At<"received"> & { readonly request: Request; readonly source: Source };

/** Picks the source among those that share a path: the first in the config whose mark the request carries. */
export function pickSource(
  sources: readonly Source[],
  headers: Request["headers"],
  query: string,
): Source | undefined {
  if (sources.length === 1) return sources[0];
  const parameters = new URLSearchParams(query);
  return sources.find(({ marks }) =>
    marks.some((mark) =>
      mark.startsWith("?") ? parameters.has(mark.slice(1)) : headerOf(headers, mark) !== undefined,
    ),
  );
}

/** Stage 1: binds the bytes that arrived to the source that judges them. */
export function receive(request: Request, source: Source): Received {
  return { request, source } as Received;
}
