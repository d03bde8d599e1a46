import { setTimeout as wait } from "node:timers/promises";
import type { Engine } from "../../core/engine.ts";
import { GatewayError, messageOf } from "../../core/errors.ts";
import { startProgress } from "./progress.ts";

/** A delivery to be made. */
export type Order = { readonly eventId: string; readonly destination: string };

/** Orders to a transaction: short enough that a running gateway never waits long. */
const chunkOrders = 500;

/** Makes the ordered deliveries, a chunk at a time, and at most so many per second; how many. */
export async function placeOrders(
  engine: Engine,
  orders: AsyncIterable<Order>,
  { total, perSecond }: { readonly total: number; readonly perSecond?: number },
): Promise<number> {
  const size = Math.max(1, Math.min(chunkOrders, Math.floor(perSecond ?? chunkOrders)));
  const progress = startProgress("replaying", total);
  const startedAt = performance.now();
  let chunk: Order[] = [];
  let placed = 0;
  let made = 0;
  const flush = async (): Promise<void> => {
    if (chunk.length === 0) return;
    if (perSecond !== undefined) {
      const dueMs = startedAt + (placed / perSecond) * 1000 - performance.now();
      if (dueMs > 0) await wait(dueMs);
    }
    made += await engine.replay(chunk);
    placed += chunk.length;
    progress.advance(chunk.length);
    chunk = [];
  };
  try {
    for await (const order of orders) {
      chunk.push(order);
      if (chunk.length >= size) await flush();
    }
    await flush();
    return made;
  } catch (error) {
    throw stoppedAt(error, { made, total });
  } finally {
    progress.stop();
  }
}

/** Half of a replay is done already: a person must know before doing it again. */
function stoppedAt(
  error: unknown,
  { made, total }: { readonly made: number; readonly total: number },
): GatewayError {
  const code = error instanceof GatewayError ? error.code : "INTERNAL";
  return new GatewayError(
    code,
    `The replay stopped after ${made} of ${total} deliveries, oldest first: ${messageOf(error)}`,
    { cause: error },
  );
}
