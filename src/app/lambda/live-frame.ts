import { type EventHead, framedBytes } from "../../destinations/websocket-events.ts";

/** What API Gateway sends to a client at most, in bytes: its quota of WebSocket APIs. */
export const largestFrame = 128 * 1_024;

/** An event in `surehook.v1`; what is larger than API Gateway sends comes without its payload. */
export function frameOf(head: EventHead, body: Buffer): Buffer {
  const whole = framedBytes(head, body);
  if (whole.length <= largestFrame) return whole;
  return Buffer.from(JSON.stringify({ ...head, payload: null, encoding: "omitted" }));
}
