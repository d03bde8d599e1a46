/** The bytes of kept events, for whoever reads them beside or after their delivery. */
import type { Engine } from "../core/engine.ts";
import type { Event, RawHeaders } from "../core/types.ts";
import { decodeItems, largestDecoded } from "../http/body.ts";

/** An event's bytes of its request's body; those of an item of an encoded batch are decoded. */
export function bytesOfEvent(
  { start, end, inDecoded }: Pick<Event, "start" | "end" | "inDecoded">,
  request: { readonly headers: RawHeaders; readonly body: Buffer },
): Buffer {
  const body = inDecoded ? decodeItems(request, largestDecoded) : request.body;
  return body.subarray(start, end);
}

/** The same, read from a store; nothing where the body isn't kept any more. */
export async function readEventBytes(
  engine: Pick<Engine, "request" | "body">,
  event: Event,
): Promise<Buffer> {
  const body = await engine.body(event.requestId);
  if (body === undefined) return Buffer.alloc(0);
  const headers = event.inDecoded ? (await engine.request(event.requestId))?.headers : [];
  return bytesOfEvent(event, { headers: headers ?? [], body });
}
