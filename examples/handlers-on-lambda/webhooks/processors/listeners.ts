import { EventEmitter } from "node:events";

/**
 * Listeners of this process, by source and type. They run after the event's handler:
 *
 *   listeners.on("stripe:payment_intent.succeeded", (event, result) => { … });
 *
 * One that throws fails the attempt, which is then made again.
 */
export const listeners = new EventEmitter();
