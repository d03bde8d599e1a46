import type { Event } from "./types.ts";

/** An event with its bytes. */
export type KeptEvent = { readonly event: Event; readonly body: Buffer };

/** An event that a destination was handed, and by which deliveries. */
export type HandedOut = KeptEvent & {
  readonly delivered: readonly string[];
  readonly underWay: readonly string[];
};

/** What a destination can read of the past, from the store. */
export type History = {
  /** Undefined: not kept, or not any more. */
  readonly event: (id: string) => Promise<KeptEvent | undefined>;
  readonly isKept: (id: string) => Promise<boolean>;
  /**
   * The newest events that were handed to this destination (delivered, or under way), of greater ids
   * than `after`, in the order of ids; `isWhole` is false where there are more than the bounds allow.
   */
  readonly newest: (
    after: string,
    bounds: { readonly events: number; readonly bytes: number },
  ) => Promise<{ readonly items: readonly HandedOut[]; readonly isWhole: boolean }>;
};
