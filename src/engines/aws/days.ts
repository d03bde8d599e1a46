import type { Client } from "./client.ts";
import { dayOf } from "./items.ts";

/** Days on which something arrived, each with the partitions of its listing. */
export type Days = {
  /** Notes a partition before anything is put there, so that no listing misses it. */
  readonly add: (partition: string) => Promise<void>;
  /** Partitions by day, unsorted. */
  readonly all: () => Promise<ReadonlyMap<string, readonly string[]>>;
  readonly forget: (partition: string) => Promise<void>;
};

const pk = "~days";

/** The days of a table. All partitions of a day are noted at its first event, once for each process. */
export function openDays(client: Client, shards: number): Days {
  const noted = new Map<string, Promise<void>>();
  const note = (partition: string): Promise<void> => {
    const [day = ""] = partition.split("#");
    const names = Array.from({ length: shards }, (_, n) => `${day}#${n}`);
    const adding = client.addToSet(pk, names);
    for (const name of names) noted.set(name, adding);
    // What failed is tried again by the next.
    adding.catch(() => {
      for (const name of names) noted.delete(name);
    });
    return adding;
  };
  return {
    add: (partition) => noted.get(partition) ?? note(partition),
    all: async () => {
      const names = (await client.get(pk))?.["names"];
      return Map.groupBy(Array.isArray(names) ? (names as string[]) : [], (name) =>
        name.slice(0, 10),
      );
    },
    forget: async (partition) => {
      noted.delete(partition);
      await client.takeFromSet(pk, [partition]);
    },
  };
}

/** The day of a time, as partitions begin. */
export function dayName(time: number): string {
  return dayOf(time, "", 1).slice(0, 10);
}
