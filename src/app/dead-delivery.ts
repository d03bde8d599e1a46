import { archiveFolder, archiveNames, archiveRecord } from "../core/archive.ts";
import type { Engine } from "../core/engine.ts";
import { readEventBytes } from "./event-bytes.ts";

/** A delivery that died, as its archive file. */
export type DeadDelivery = {
  /** `{provider}/{year}/{month}/{day}` */
  readonly folder: string;
  /** Names, the first free one to be taken. */
  readonly names: readonly string[];
  readonly text: string;
  /** Whether a file of one of these names is this delivery's own, from an earlier try. */
  readonly isOwn: (text: string) => boolean;
};

/** Reads a delivery with all that its archive file tells; undefined where it isn't kept any more. */
export async function deadDelivery(
  engine: Pick<Engine, "delivery" | "event" | "request" | "body" | "attempts">,
  deliveryId: string,
): Promise<DeadDelivery | undefined> {
  const delivery = await engine.delivery(deliveryId);
  const event = delivery && (await engine.event(delivery.eventId));
  if (delivery === undefined || event === undefined) return undefined;
  const request = await engine.request(event.requestId);
  const record = archiveRecord({
    event,
    delivery,
    attempts: await engine.attempts(deliveryId),
    headers: request?.headers ?? [],
    body: await readEventBytes(engine, event),
  });
  const { destination } = delivery;
  return {
    folder: archiveFolder(event),
    names: archiveNames(event, destination),
    text: `${JSON.stringify(record, undefined, 2)}\n`,
    isOwn: (text) => isOfOwner(text, { jobId: event.id, destination }),
  };
}

function isOfOwner(
  text: string,
  owner: { readonly jobId: string; readonly destination: string },
): boolean {
  try {
    const found = JSON.parse(text) as Partial<typeof owner>;
    return found.jobId === owner.jobId && found.destination === owner.destination;
  } catch {
    // A file that was cut short is written anew.
    return true;
  }
}
