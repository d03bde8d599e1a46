/** Where a module of the user's runs: options that a `code` destination and a source that answers have alike. */
import * as z from "zod";

/** Where a module of the user's runs. */
export type IsolationOptions = {
  /** `worker` (the default): a process of its own. `none`: the gateway's process. */
  readonly isolation?: "worker" | "none" | undefined;
  /** Memory of the worker's heap, in MiB (default 512). Its process is ended where it takes twice that and 256 MiB. */
  readonly memoryMb?: number | undefined;
};

/** Memory of a worker's heap where nothing else is said, in MiB. */
export const standardMemoryMb = 512;

/** The same as they are written down. */
export const isolationShape = {
  isolation: z
    .enum(["worker", "none"])
    .optional()
    .describe("`worker` (default): a process of its own. `none`: the gateway's own process."),
  memoryMb: z
    .int()
    .min(16)
    .optional()
    .describe(
      "Memory of the worker's heap, in MiB (default 512); its process is ended where it takes twice that and 256 MiB.",
    ),
} as const;
