import type { SampleContext } from "../../core/types.ts";

/** Makes a payload of fresh values. */
export type SampleMaker = (context: SampleContext) => unknown;

/** `sample` and `sampleTypes` of a table of payloads by type. */
export function sampler(makers: Readonly<Record<string, SampleMaker>>): {
  readonly sample: (type: string, context: SampleContext) => unknown;
  readonly types: readonly string[];
} {
  const table = new Map(Object.entries(makers));
  return {
    sample: (type, context) => table.get(type)?.(context),
    types: [...table.keys()],
  };
}

/** The letters and digits of an id, at least 24 of them, for ids that senders make of such. */
export function token(context: SampleContext): string {
  return context.id
    .replaceAll(/[^A-Za-z0-9]/g, "")
    .padEnd(24, "0")
    .slice(-24);
}
