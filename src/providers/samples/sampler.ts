/** A sample's payload is JSON, or a form where it is `URLSearchParams`. */
import type { SampleContext } from "../../core/types.ts";

/** Makes a payload of fresh values. */
export type SampleMaker = (context: SampleContext) => unknown;

/** Sample payloads of a sender by type. */
export type Samples = {
  readonly types: readonly string[];
  /** A payload with fresh ids and times; undefined where there is none of the type. */
  readonly make: (type: string, context: SampleContext) => unknown;
};

/** The samples of a table of payloads by type. */
export function sampler(makers: Readonly<Record<string, SampleMaker>>): Samples {
  const table = new Map(Object.entries(makers));
  return { types: [...table.keys()], make: (type, context) => table.get(type)?.(context) };
}

/** The letters and digits of an id, at least 24 of them, for ids that senders make of such. */
export function token(context: SampleContext): string {
  return context.id
    .replaceAll(/[^A-Za-z0-9]/g, "")
    .padEnd(24, "0")
    .slice(-24);
}
