import type { KeptRequest, Reading } from "../../core/engine.ts";
import { GatewayError } from "../../core/errors.ts";
import type { Delivery, Event } from "../../core/types.ts";

/** The event of an id, ours or the sender's. Throws NOT_FOUND, or USAGE where the sender's id names several. */
export async function findEvent(engine: Reading, id: string): Promise<Event> {
  const event = await engine.event(id);
  if (event !== undefined) return event;
  const { items } = await engine.events({ providerEventId: id }, { limit: 2 });
  const [only, another] = items;
  if (only !== undefined && another === undefined) return only;
  if (only === undefined) throw absent("event", id, "events");
  throw new GatewayError(
    "USAGE",
    `Several events have the sender's id ${id}. Choose one of \`surehook events --provider-event-id ${id}\`.`,
  );
}

/** The request of an id. Throws NOT_FOUND. */
export async function findRequest(engine: Reading, id: string): Promise<KeptRequest> {
  const request = await engine.request(id);
  if (request === undefined) throw absent("request", id, "requests");
  return request;
}

/** The delivery of an id. Throws NOT_FOUND. */
export async function findDelivery(engine: Reading, id: string): Promise<Delivery> {
  const delivery = await engine.delivery(id);
  if (delivery === undefined) throw absent("delivery", id, "deliveries");
  return delivery;
}

function absent(noun: string, id: string, list: string): GatewayError {
  return new GatewayError(
    "NOT_FOUND",
    `There is no ${noun} ${id}. See what is there with \`surehook ${list}\`.`,
  );
}
