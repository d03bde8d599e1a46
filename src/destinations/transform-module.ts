/** The user's module of a route's transform: what it gets, and how it is called in its process. */
import { messageOf } from "../core/errors.ts";
import {
  type CallContext,
  type CodeContext,
  type CodeEvent,
  type CodeModule,
  type CodeParcel,
  codeEvent,
  shortened,
} from "./code-module.ts";
import type { RunEnd } from "./code-protocol.ts";

/** What a transform gets beside the event. */
export type TransformContext = CodeContext & {
  /** `return context.skip("why")` skips the delivery for that reason. */
  readonly skip: (reason: string) => undefined;
};

/**
 * A module of a route's. What `transform` returns goes out as JSON; undefined or null skips the delivery;
 * what it throws fails the attempt.
 */
export type TransformModule<T = unknown> = {
  readonly transform: (event: CodeEvent<T>, context: TransformContext) => unknown;
};

/** Characters of JSON. More would pass through the gateway's memory for each delivery under way. */
const longestResult = 16 * 1_048_576;

/** Calls the user's function, which `codeModule` found under the name `transform`. Never rejects. */
export async function callTransform(
  { handle: transform }: CodeModule,
  parcel: CodeParcel,
  call: CallContext & { readonly body: Buffer },
): Promise<RunEnd> {
  let reason = "the route's transform returned nothing";
  const skip = (why: string): undefined => {
    reason = shortened(String(why));
  };
  const { deliveryId, attempt } = parcel;
  const { signal, log, body } = call;
  const context: TransformContext = { deliveryId, attempt, signal, log, skip };
  let isSkipped = false;
  const end = await returned("transform", async () => {
    const value = await transform(codeEvent(parcel, body), context);
    isSkipped = value === undefined || value === null;
    return value;
  });
  return isSkipped ? { skipped: reason } : end;
}

/** What a function of the user's returned, as JSON; or why there is none. Never rejects. */
export async function returned(name: string, call: () => Promise<unknown>): Promise<RunEnd> {
  try {
    const value = await call();
    if (value === undefined || value === null) return { failure: `${name} returned nothing` };
    const result: string | undefined = JSON.stringify(value);
    if (result === undefined) return { failure: `${name} returned a ${typeof value}: no JSON` };
    if (result.length <= longestResult) return { result };
    return { failure: `${name} returned ${result.length} characters of JSON, over 16 Mi` };
  } catch (thrown) {
    return { failure: shortened(messageOf(thrown)) };
  }
}
