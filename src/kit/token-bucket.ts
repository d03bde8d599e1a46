/** A rate: `tokens` per `perMs` milliseconds, all of which may be spent at once. */
type Rate = { readonly tokens: number; readonly perMs: number };

type Bucket = { left: number; at: number };

/** Buckets by name, refilled by a clock that is passed in. Memory is bounded: a full bucket is forgotten. */
export class TokenBuckets {
  readonly #buckets = new Map<string, Bucket>();
  readonly #clock: () => number;
  #sweepAt: number;

  constructor(clock: () => number) {
    this.#clock = clock;
    this.#sweepAt = 1_000;
  }

  /** Takes tokens (negative: gives back). 0 when taken, else the milliseconds until they are there. */
  take(name: string, rate: Rate, tokens: number): number {
    const now = this.#clock();
    const bucket = this.#buckets.get(name) ?? this.#add(name, { left: rate.tokens, at: now }, rate);
    const refilled = bucket.left + (Math.max(0, now - bucket.at) * rate.tokens) / rate.perMs;
    bucket.left = Math.min(rate.tokens, refilled);
    bucket.at = now;
    if (bucket.left < tokens) {
      return Math.ceil(((tokens - bucket.left) * rate.perMs) / rate.tokens);
    }
    bucket.left = Math.min(rate.tokens, bucket.left - tokens);
    return 0;
  }

  #add(name: string, bucket: Bucket, rate: Rate): Bucket {
    if (this.#buckets.size >= this.#sweepAt) this.#sweep(bucket.at - rate.perMs);
    this.#buckets.set(name, bucket);
    return bucket;
  }

  /** Forgets buckets that nobody took from since `before`: they are full again. */
  #sweep(before: number): void {
    for (const [name, { at }] of this.#buckets) {
      if (at <= before) this.#buckets.delete(name);
    }
    this.#sweepAt = Math.max(1_000, this.#buckets.size * 2);
  }
}
