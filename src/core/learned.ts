/**
 * Secrets that senders show in a handshake, such as Asana's and Notion's. Whoever can post to the source can show
 * one, so only the first becomes live by itself, and only where the source has no other secret at all; each later
 * one waits for a person. A secret that is live is never replaced by what comes over the wire.
 *
 * Ten wait at most, so ten forged ones would shut out the sender's own for good. So where there is no room, the one
 * that waits longest gives way, but only after three days: whoever floods the source can't push out the sender's own
 * before a person had a weekend's time to confirm it, and shuts it out for three days at most by one flood. Nothing
 * sooner is safe: whoever showed a secret can sign with it too, so none can prove to be the sender's own.
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

/** Bounds of a source: what waits for a person, and all; and how long what waits keeps its place. */
const mostPending = 10;
const mostKept = 60;
const placeMs = 3 * 86_400_000;

/** The list with what was shown in it, and what became of it. */
export function withShown(
  kept: readonly LearnedSecret[],
  { value, from, isFirst }: Shown,
  at: number,
): { readonly taken: Taken; readonly kept: readonly LearnedSecret[] } {
  if (kept.some((one) => one.value === value)) return { taken: "known", kept };
  const isAlone = isFirst && kept.every(({ state }) => state === "pending");
  const room = isAlone ? kept : withRoom(kept, at);
  if (room === undefined) return { taken: "full", kept };
  const state = isAlone ? "live" : "pending";
  // Named after all that were kept: a person who confirms the one that gave way must not get this one.
  return { taken: state, kept: [...room, { name: nextName(kept), value, state, at, from }] };
}

/** The list with room for one more that waits; undefined where none gives way yet. */
function withRoom(
  kept: readonly LearnedSecret[],
  at: number,
): readonly LearnedSecret[] | undefined {
  const pending = kept.filter(({ state }) => state === "pending");
  if (kept.length < mostKept && pending.length < mostPending) return kept;
  const [oldest] = pending.toSorted((one, other) => one.at - other.at);
  const givesWay = oldest !== undefined && at - oldest.at >= placeMs;
  return givesWay ? kept.filter((one) => one !== oldest) : undefined;
}

function nextName(kept: readonly LearnedSecret[]): string {
  const numbers = kept.map(({ name }) => Number(name.slice(prefix.length)));
  return `${prefix}${Math.max(0, ...numbers) + 1}`;
}

const prefix = "learned-";
