/** Finds the handler of an event, runs it, and tells listeners and callbacks how it went. */
import type { CodeContext, CodeEvent } from "surehook/destinations";
import { onCompleted, onFailed } from "./callbacks.ts";
import { listeners } from "./listeners.ts";

/** What a handler did. */
export type Result =
  | { readonly processed: true; readonly orderId?: string; readonly customerId?: string }
  | { readonly processed: false; readonly reason: string };

/** A handler may ask for the payload of its own type: the name that it stands under vouches for that. */
export type Handler = {
  handle(event: CodeEvent): Result | Promise<Result>;
}["handle"];

/** Handlers by type; `pull_request` also takes `pull_request.opened` and the like. */
export type Handlers = Readonly<Record<string, Handler>>;

/** Handles an event. What throws is tried again. */
export async function processEvent(
  event: CodeEvent,
  context: CodeContext,
  handlers: Handlers,
): Promise<Result> {
  try {
    const result = await resultOf(event, handlers);
    listeners.emit(event.source + ":" + event.type, event, result);
    onCompleted(event, result);
    return result;
  } catch (error) {
    onFailed(event, error, context.attempt);
    throw error;
  }
}

async function resultOf(event: CodeEvent, handlers: Handlers): Promise<Result> {
  const [family = ""] = event.type.split(".", 1);
  // Own ones only: a type may be the name of what every object has.
  const type = [event.type, family].find((one) => Object.hasOwn(handlers, one));
  const handler = type === undefined ? undefined : handlers[type];
  return handler ? handler(event) : { processed: false, reason: "No handler" };
}
