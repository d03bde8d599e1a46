/** What sources have learned: one sealed value each, changed by compare-and-set, read for each request. */
import * as z from "zod";
import type { Engine } from "../core/engine.ts";
import { GatewayError } from "../core/errors.ts";
import { type LearnedSecret, type LearnedSecrets, type Taken, withShown } from "../core/learned.ts";
import type { SealKey } from "../core/seal.ts";
import { parseJson } from "../kit/json-path.ts";
import { sealedReader, sealedValues } from "./sealed-values.ts";

/** How often a change is tried where others change it too. */
const mostTries = 8;

/** Said beside a source that learns. */
export const learnsNote = "learns its secret: see surehook secrets list";

const keptSchema = z.array(
  z.object({
    name: z.string(),
    value: z.string(),
    state: z.enum(["live", "pending"]),
    at: z.number(),
    from: z.string(),
  }),
);

/** Learned secrets to look at. */
export type LearnedView = Pick<LearnedSecrets, "of"> & {
  readonly all: (source: string) => Promise<readonly LearnedSecret[]>;
  /** One in the clear. Throws NOT_FOUND. */
  readonly value: (source: string, name: string) => Promise<string>;
};

/** Learned secrets with what a person does with them. */
export type LearnedStore = LearnedSecrets &
  LearnedView & {
    /** Makes one live. Throws NOT_FOUND. */
    readonly confirm: (source: string, name: string) => Promise<void>;
    /** Forgets one. Throws NOT_FOUND. */
    readonly drop: (source: string, name: string) => Promise<void>;
  };

/** What the sources of an engine have learned, to look at. */
export function learnedView(engine: Pick<Engine, "get">, key: () => SealKey): LearnedView {
  const all: LearnedView["all"] = async (source) => (await read(engine, key, source)).kept;
  return {
    all,
    value: async (source, name) => {
      const found = (await all(source)).find((one) => one.name === name);
      if (found === undefined) throw unknown(source, name);
      return found.value;
    },
    of: async ({ name }) =>
      (await all(name))
        .filter(({ state }) => state === "live")
        .map(({ name: called, value }) => ({ name: called, value })),
  };
}

/** The learned secrets of an engine's sources. */
export function learnedSecrets(
  engine: Pick<Engine, "get" | "put">,
  key: () => SealKey,
  now: () => number,
): LearnedStore {
  const change = (source: string, by: Change): Promise<Taken> =>
    changed(engine, key, { source, by });
  return {
    ...learnedView(engine, key),
    take: ({ name }, shown) => change(name, (kept) => withShown(kept, shown, now())),
    confirm: async (source, name) => {
      await change(source, (kept) => ({
        taken: "live",
        kept: named(kept, { source, name }, (one) => [{ ...one, state: "live" }]),
      }));
    },
    drop: async (source, name) => {
      await change(source, (kept) => ({
        taken: "known",
        kept: named(kept, { source, name }, () => []),
      }));
    },
  };
}

type Change = (kept: readonly LearnedSecret[]) => {
  readonly taken: Taken;
  readonly kept: readonly LearnedSecret[];
};

function named(
  kept: readonly LearnedSecret[],
  { source, name }: { readonly source: string; readonly name: string },
  by: (one: LearnedSecret) => readonly LearnedSecret[],
): readonly LearnedSecret[] {
  if (!kept.some((one) => one.name === name)) {
    throw unknown(source, name);
  }
  return kept.flatMap((one) => (one.name === name ? by(one) : [one]));
}

function unknown(source: string, name: string): GatewayError {
  return new GatewayError(
    "NOT_FOUND",
    `The source ${source} has learned no secret ${name}. See them with: surehook secrets list ${source}`,
  );
}

async function changed(
  engine: Pick<Engine, "get" | "put">,
  key: () => SealKey,
  { source, by }: { readonly source: string; readonly by: Change },
): Promise<Taken> {
  const values = sealedValues(engine, key, ownerOf(source));
  for (let tries = 0; tries < mostTries; tries += 1) {
    const { kept, version } = await read(engine, key, source);
    const next = by(kept);
    if (next.kept === kept) return next.taken;
    const bytes = Buffer.from(JSON.stringify(next.kept), "utf8");
    if (await values.put(valueName, bytes, version)) return next.taken;
  }
  throw new GatewayError(
    "STORE_UNAVAILABLE",
    `The learned secrets of ${source} are changed by others all the time. Try again.`,
  );
}

const valueName = "learned";

function ownerOf(source: string): string {
  return `sources.${source}`;
}

async function read(
  engine: Pick<Engine, "get">,
  key: () => SealKey,
  source: string,
): Promise<{ readonly kept: readonly LearnedSecret[]; readonly version: number }> {
  const found = await sealedReader(engine, key, ownerOf(source)).get(valueName);
  if (found === undefined) return { kept: [], version: 0 };
  const kept = keptSchema.safeParse(found.value && parseJson(found.value));
  if (kept.success) return { kept: kept.data, version: found.version };
  throw new GatewayError(
    "CONFIG_INVALID",
    `What the source ${source} has learned was sealed with another key: set SUREHOOK_KEY to that one.`,
  );
}
