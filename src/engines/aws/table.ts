/**
 * The table that the engine works on. CloudFormation makes it (`surehook/cdk`); a test holds both
 * against each other. Indexes copy only what is listed, so that no index holds a body: each write of an
 * item is paid again for each index that copies what it changed.
 */

/** An index: its key, and what it copies beside it. */
export type IndexShape = {
  readonly partition: readonly [name: string, type: "S" | "N"];
  readonly sort?: readonly [name: string, type: "S" | "N"];
  readonly copies: readonly string[];
};

/** Key, time to live and indexes. */
export const tableShape = {
  partition: ["pk", "S"],
  ttl: "ttl",
  indexes: {
    /** What still owes something, by when it is to be looked at. */
    waiting: {
      partition: ["shard", "S"],
      sort: ["nextDueAt", "N"],
      copies: ["id", "kind", "event", "deliveries", "rev"],
    },
    /** Requests and events by their ids. */
    byId: { partition: ["id", "S"], copies: [] },
    /** Requests and events of a day, in the order of their arrival. */
    byDay: {
      partition: ["day", "S"],
      sort: ["at", "S"],
      copies: ["id", "kind", "request", "event", "deliveries", "rev"],
    },
  },
} as const satisfies {
  readonly partition: IndexShape["partition"];
  readonly ttl: string;
  readonly indexes: Readonly<Record<string, IndexShape>>;
};
