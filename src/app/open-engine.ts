import { resolve } from "node:path";
import type { Engine, Reading } from "../core/engine.ts";
import { GatewayError } from "../core/errors.ts";
import type { DeliveryRef, PushedEngine } from "../core/pushed-engine.ts";
import { defaultRetentionDays } from "../core/settings.ts";
import { openAws } from "../engines/aws/index.ts";
import type { SqliteOptions } from "../engines/sqlite/index.ts";
import { lookAtSqlite, openSqlite } from "../engines/sqlite/index.ts";
import { stackOutputs } from "../net/aws/stack.ts";
import { queueWriter } from "../net/aws/wake.ts";
import { wakeText } from "./lambda/refs.ts";

const dayMs = 86_400_000;

/** Opens the engine that `SUREHOOK_STORE` names: a path, `postgres://…` or `aws:<stack>`. */
export async function openEngine(
  store: string,
  options: Omit<SqliteOptions, "path">,
): Promise<Engine> {
  const stack = stackName(store);
  if (stack === undefined) return openSqlite({ ...options, path: storePath(store) });
  if (options.role !== "gateway") return openStack(stack, options.clock);
  throw new GatewayError(
    "STORE_UNSUITABLE",
    `The gateway of SUREHOOK_STORE="${store}" runs on AWS, and a command only looks at it. To run one here, give a path for its store.`,
  );
}

/** Opens the store of a deployed gateway with the caller's own credentials. */
async function openStack(stack: string, clock: () => number): Promise<PushedEngine> {
  const outputs = await stackOutputs(stack);
  const output = (name: string): string => {
    const found = outputs[name];
    if (found !== undefined) return found;
    throw new GatewayError(
      "STORE_UNSUITABLE",
      `The stack ${stack} has no output ${name}. Name a stack that was deployed with surehook/cdk.`,
    );
  };
  const queueUrl = output("SurehookQueueUrl");
  const { SurehookShards: shards } = outputs;
  const write = queueWriter();
  return openAws({
    table: output("SurehookTable"),
    bucket: output("SurehookBucket"),
    clock,
    retentionMs: Number(outputs["SurehookRetentionMs"] ?? defaultRetentionDays * dayMs),
    ...(shards === undefined ? {} : { shards: Number(shards) }),
    wake: async (refs: readonly DeliveryRef[]) => {
      const texts = refs.map((ref) => wakeText(ref));
      // What the queue isn't told the sweep finds, a minute later.
      await write(queueUrl, texts).catch(() => undefined);
    },
  });
}

/** What the stack of a deployed gateway tells; undefined where the store is a file. */
export async function storeOutputs(
  store: string,
): Promise<Readonly<Record<string, string>> | undefined> {
  const stack = stackName(store);
  return stack === undefined ? undefined : stackOutputs(stack);
}

/** Looks at a store, again and again where that is wanted, until it is closed. */
export type Looker = {
  readonly look: <T>(work: (reader: Reading) => Promise<T>) => Promise<T>;
  readonly close: () => Promise<void>;
};

/**
 * Reads a store that is there, and changes nothing in it. A file is opened anew for each look: of one that
 * nobody writes SQLite sees no change. A look throws STORE_UNSUITABLE where it isn't a store of this version.
 */
export async function openLooker(store: string): Promise<Looker> {
  const stack = stackName(store);
  if (stack !== undefined) {
    const engine = await openStack(stack, Date.now);
    return { look: (work) => work(engine), close: engine.close };
  }
  const path = storePath(store);
  return {
    look: async (work) => {
      const reader = lookAtSqlite(path, Date.now);
      try {
        return await work(reader);
      } finally {
        reader.close();
      }
    },
    close: async () => undefined,
  };
}

/** The stack of a deployed gateway; undefined where the store is a file. */
function stackName(store: string): string | undefined {
  const [scheme = "", name = ""] = store.split(/:(.*)/s);
  if (scheme === "aws" && name !== "") return name;
  if (!/^(postgres(ql)?|aws)$/.test(scheme)) return undefined;
  throw new GatewayError(
    "STORE_UNSUITABLE",
    scheme === "aws"
      ? `SUREHOOK_STORE="${store}" names no stack. Write aws:<stack>, or a path for the embedded store.`
      : `SUREHOOK_STORE names a database of PostgreSQL ("${scheme}:…"), where a store can't be kept yet. Set it to a path, such as .surehook/surehook.db, for the embedded store.`,
  );
}

/** A store as it is shown: the file of an embedded one. */
export function storeName(store: string): string {
  return store.startsWith("aws:") ? store : storePath(store);
}

/** The file of an embedded store. */
export function storePath(store: string): string {
  return resolve(store.replace(/^sqlite:/, ""));
}
