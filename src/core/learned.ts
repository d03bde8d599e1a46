/**
 * Secrets that senders show in a handshake, such as Asana's and Notion's. Whoever can post to the source can show
 * one, so only the first becomes live by itself, and only where the source has no other secret at all; each later
 * one waits for a person. A secret that is live is never replaced by what comes over the wire.
 */
import type { Source } from "./settings.ts";
import type { SecretValue } from "./types.ts";

/** A secret that was shown, with what a person needs to judge it by. */
export type LearnedSecret = SecretValue & {
  readonly state: "live" | "pending";
  /** When it was shown, and from which address. */
  readonly at: number;
  readonly from: string;
};

/** What became of a secret that was shown. */
export type Taken = "live" | "pending" | "known" | "full";

/** What sources have learned, shared by all instances. */
export type LearnedSecrets = {
  /** The live ones of a source. */
  readonly of: (source: Pick<Source, "name">) => Promise<readonly SecretValue[]>;
  /** Takes one that was shown. `isFirst`: the source has no live secret yet. */
  readonly take: (source: Pick<Source, "name">, shown: Shown) => Promise<Taken>;
};

/** A secret as it was shown. */
export type Shown = { readonly value: string; readonly from: string; readonly isFirst: boolean };

/** Bounds of a source: what waits for a person, and all. */
const mostPending = 10;
const mostKept = 60;

/** The list with what was shown in it, and what became of it. */
export function withShown(
  kept: readonly LearnedSecret[],
  { value, from, isFirst }: Shown,
  at: number,
): { readonly taken: Taken; readonly kept: readonly LearnedSecret[] } {
  if (kept.some((one) => one.value === value)) return { taken: "known", kept };
  const pending = kept.filter(({ state }) => state === "pending").length;
  const isAlone = isFirst && kept.every(({ state }) => state === "pending");
  if (kept.length >= mostKept || (!isAlone && pending >= mostPending)) {
    return { taken: "full", kept };
  }
  const state = isAlone ? "live" : "pending";
  return { taken: state, kept: [...kept, { name: nextName(kept), value, state, at, from }] };
}

function nextName(kept: readonly LearnedSecret[]): string {
  const numbers = kept.map(({ name }) => Number(name.slice(prefix.length)));
  return `${prefix}${Math.max(0, ...numbers) + 1}`;
}

const prefix = "learned-";
