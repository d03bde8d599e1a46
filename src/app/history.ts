/** What a destination can read of the past: events with their bytes, and which of them it was handed. */
import { setImmediate as breathe } from "node:timers/promises";
import type { Engine } from "../core/engine.ts";
import { type Forming, formParcel } from "../core/form.ts";
import type { History, KeptEvent } from "../core/history.ts";
import type { Delivery } from "../core/types.ts";
import { bytesOfEvent } from "./event-bytes.ts";

/** Events that are read before the event loop is given back. */
const stretchEvents = 50;
/** A transform that takes longer leaves its event out of what is read. */
const formedWithinMs = 10_000;

/** A destination's history over an engine, in the forms that its routes give events. */
export function historyOf(engine: Engine, destination: string, forming?: Forming): History {
  const event = (id: string) => keptEvent(engine, { id, destination, forming });
  return {
    event,
    isKept: async (id) => (await engine.event(id)) !== undefined,
    newest: async (after, bounds) => {
      const items: Item[] = [];
      let bytes = 0;
      for await (const delivery of handedOut(engine, destination, after)) {
        const last = items.at(-1);
        if (last?.event.id === delivery.eventId) {
          note(last, delivery);
          continue;
        }
        const kept = await event(delivery.eventId);
        if (kept === undefined) continue;
        bytes += kept.body.length;
        if (items.length === bounds.events || bytes > bounds.bytes) {
          return { items: items.reverse(), isWhole: false };
        }
        items.push(note({ ...kept, delivered: [], underWay: [] }, delivery));
        // Reading doesn't hold up what else the gateway does.
        if (items.length % stretchEvents === 0) await breathe();
      }
      return { items: items.reverse(), isWhole: true };
    },
  };
}

type Item = KeptEvent & { readonly delivered: string[]; readonly underWay: string[] };

function note(item: Item, { id, state }: Delivery): Item {
  (state === "delivered" ? item.delivered : item.underWay).push(id);
  return item;
}

/** A destination's deliveries that went out or are about to, newest first, down to an event that is left out. */
async function* handedOut(
  engine: Engine,
  destination: string,
  after: string,
): AsyncGenerator<Delivery> {
  let cursor: string | undefined;
  do {
    const page = { limit: 200, ...(cursor === undefined ? {} : { cursor }) };
    const { items, next } = await engine.deliveries({ destination }, page);
    for (const delivery of items) {
      if (delivery.eventId <= after) return;
      if (delivery.state === "delivered" || delivery.state === "leased") yield delivery;
    }
    cursor = next;
  } while (cursor !== undefined);
}

async function keptEvent(
  engine: Engine,
  asked: {
    readonly id: string;
    readonly destination: string;
    readonly forming: Forming | undefined;
  },
): Promise<KeptEvent | undefined> {
  const { id, destination, forming } = asked;
  const event = await engine.event(id);
  const request = event && (await engine.request(event.requestId));
  const body = event && (await engine.body(event.requestId));
  if (event === undefined || request === undefined || body === undefined) return undefined;
  const { headers, method, query } = request;
  const raw = { event, body: bytesOfEvent(event, { headers, body }), headers, method, query };
  if (forming === undefined) return { event, body: raw.body };
  const parcel = { ...raw, destination, deliveryId: `${id}.${destination}`, attempt: 1 };
  const formed = await formParcel(parcel, forming, AbortSignal.timeout(formedWithinMs));
  // What a transform skips or can't make was not sent either.
  return "kind" in formed ? undefined : { event, body: formed.body };
}
