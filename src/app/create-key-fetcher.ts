/** For `verify` alone: fetches what some senders are verified by. */
import type { KeyAsk, KeyMaterial } from "../core/types.ts";
import { KeyFetcher, type KeyFetcherOptions } from "../net/key-fetcher.ts";
import { secretReader } from "./config.ts";

/**
 * Makes `fetchKeys` of `verify`: certificates, key sets and judgements, from the addresses that their senders
 * have, kept in memory; make one per process. Secrets that it asks with are read from the environment. Node.js
 * only. It rejects with KEYS_UNAVAILABLE: answer that with 503, so that the sender comes again.
 */
export function createKeyFetcher(
  options: Partial<KeyFetcherOptions> = {},
): (asks: readonly KeyAsk[]) => Promise<KeyMaterial> {
  const keys = new KeyFetcher({
    now: Date.now,
    secret: (ref) => secretReader()(ref),
    ...options,
  });
  return (asks) => keys.fetch(asks, "");
}
