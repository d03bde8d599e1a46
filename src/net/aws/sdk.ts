import { peer } from "../../core/peer.ts";

/** Imports an SDK client, an optional peer. Throws CONFIG_INVALID with what to install. */
export async function sdk<T>(name: string, load: () => Promise<T>): Promise<T> {
  return peer("The gateway on AWS", name, load);
}

/** A lost packet is found by a new connection rather than by waiting. */
export const shortWaits = { connectionTimeout: 1_000, requestTimeout: 5_000 };

/** A value that is made at first use. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
