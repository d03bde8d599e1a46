import { randomFillSync } from "node:crypto";
import { v7 } from "uuid";

const poolBytes = 16 * 256;

/** What sorts before all ids that were made from then on (milliseconds since 1970), and after those before. */
export function idsFrom(time: number): string {
  const digits = Math.max(0, time).toString(16).padStart(12, "0");
  return `${digits.slice(0, 8)}-${digits.slice(8)}`;
}

/** When an id was made, in milliseconds since 1970. */
export function madeAt(id: string): number {
  return Number.parseInt(id.slice(0, 13).replace("-", ""), 16);
}

/**
 * Makes UUIDs of version 7 (RFC 9562): unique, and rising with time also within a millisecond.
 * Random bytes are drawn 256 ids at a time; one by one they cost more than the rest of the id.
 */
export function idMaker(clock: () => number = Date.now): () => string {
  const pool = Buffer.alloc(poolBytes);
  let at = poolBytes;
  let lastMs = 0;
  let sequence = 0;
  return () => {
    if (at === poolBytes) {
      randomFillSync(pool);
      at = 0;
    }
    const random = pool.subarray(at, at + 16);
    at += 16;
    const now = clock();
    if (now > lastMs) {
      lastMs = now;
      sequence = random.readUInt16BE(0);
    } else {
      sequence += 1;
    }
    return v7({ random, msecs: lastMs, seq: sequence });
  };
}
