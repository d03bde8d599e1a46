/** What is in a store, read beside the gateway through the engine's contract. */
import type { Engine, EventFilter, KeptRequest, RequestFilter } from "../../src/core/engine.ts";
import type { Delivery, Event } from "../../src/core/types.ts";
import { openSqlite } from "../../src/engines/sqlite/index.ts";

/** Opens a store as a command of the CLI does. */
export function openBeside(path: string): Promise<Engine> {
  return openSqlite({ path, role: "operator", clock: Date.now });
}

/** Uses a store and closes it, whatever happens. */
export async function beside<T>(path: string, use: (engine: Engine) => Promise<T>): Promise<T> {
  const engine = await openBeside(path);
  try {
    return await use(engine);
  } finally {
    await engine.close();
  }
}

/** All events, oldest first. */
export function allEvents(engine: Engine, filter: EventFilter = {}): Promise<Event[]> {
  return all((cursor) => engine.events({ ...filter, oldestFirst: true }, cursor));
}

/** All requests, oldest first. */
export function allRequests(engine: Engine, filter: RequestFilter = {}): Promise<KeptRequest[]> {
  return all((cursor) => engine.requests({ ...filter, oldestFirst: true }, cursor));
}

/** All deliveries. */
export function allDeliveries(engine: Engine): Promise<Delivery[]> {
  return all((cursor) => engine.deliveries({}, cursor));
}

/** An event's bytes. */
export async function bytesOfEvent(engine: Engine, event: Event): Promise<Buffer> {
  const body = await engine.body(event.requestId);
  if (body === undefined) throw new Error(`Event ${event.id} has no body.`);
  return body.subarray(event.start, event.end);
}

async function all<T>(
  page: (page: { readonly limit: number; readonly cursor?: string }) => Promise<{
    readonly items: readonly T[];
    readonly next: string | undefined;
  }>,
): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const listed = await page({ limit: 1_000, ...(cursor === undefined ? {} : { cursor }) });
    items.push(...listed.items);
    cursor = listed.next;
  } while (cursor !== undefined);
  return items;
}
