/** A sample's payload is JSON, or a form where it is `URLSearchParams`. */
import type { SampleContext } from "../../core/types.ts";
import { formatRfc3339 } from "../../kit/rfc3339.ts";

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

/** Samples that share a frame: what differs by type, and what is around it. */
export function framed(
  inner: Readonly<Record<string, (context: SampleContext) => unknown>>,
  frame: (type: string, context: SampleContext, payload: unknown) => unknown,
): Samples {
  const makers = Object.entries(inner).map(([type, make]): [string, SampleMaker] => [
    type,
    (context) => frame(type, context, make(context)),
  ]);
  return sampler(Object.fromEntries(makers));
}

/** An object of a payload. */
export type Thing = Readonly<Record<string, unknown>>;

/** Now, as RFC 3339 with milliseconds. */
export function iso(context: SampleContext): string {
  return formatRfc3339(context.now);
}

/** Now, as RFC 3339 in whole seconds. */
export function isoSeconds(context: SampleContext): string {
  return `${iso(context).slice(0, 19)}Z`;
}

/** Now, in seconds. */
export function epoch(context: SampleContext): number {
  return Math.floor(context.now / 1000);
}

/** A number of an id's last hex digits, for ids that are numbers. */
export function serial(context: SampleContext): number {
  const digits = context.id.toLowerCase().replaceAll(/[^0-9a-f]/g, "");
  return Number.parseInt(digits.slice(-12) || "1", 16);
}

/** The letters and digits of an id, at least 24 of them, for ids that senders make of such. */
export function token(context: SampleContext): string {
  return context.id
    .replaceAll(/[^A-Za-z0-9]/g, "")
    .padEnd(24, "0")
    .slice(-24);
}
