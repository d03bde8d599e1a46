import type { Engine } from "../core/engine.ts";
import type { Source } from "../core/settings.ts";

/** Where a source has no rate of its own, this many failures per address and minute are looked at. */
const failureRate = { tokens: 100, perMs: 60_000 };
const handshakeRate = { tokens: 60, perMs: 60_000 };

/**
 * The rates of sources. New events, duplicates and failures have buckets of their own, so that
 * neither a sender's retries nor a forger spend what good requests need.
 */
export class Rates {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Takes tokens for new events; milliseconds to wait, 0 when taken or when the source has no rate. */
  takeNew(source: Source, events: number): number | Promise<number> {
    const { rateLimit, overLimit, name } = source;
    if (rateLimit === undefined || overLimit === "accept") return 0;
    return this.#engine.take(`new:${name}`, rateLimit, Math.min(events, rateLimit.tokens));
  }

  /** Gives back what duplicates took, and takes from their own bucket. */
  async takeDuplicates(source: Source, events: number): Promise<number> {
    const { rateLimit, overLimit, name } = source;
    if (rateLimit === undefined || overLimit === "accept") return 0;
    const tokens = Math.min(events, rateLimit.tokens);
    await this.#engine.take(`new:${name}`, rateLimit, -tokens);
    return this.#engine.take(`duplicate:${name}`, rateLimit, tokens);
  }

  /** Takes a token for a handshake from an address: senders ask a few times an hour. */
  takeHandshake(source: Source, address: string): number | Promise<number> {
    return this.#engine.take(`handshake:${source.name}:${address}`, handshakeRate, 1);
  }

  /** Takes a token for a failed verification from an address. */
  takeFailure(source: Source, address: string): number | Promise<number> {
    const rate = source.rateLimit ?? failureRate;
    return this.#engine.take(`failure:${source.name}:${address}`, rate, 1);
  }
}
