/** The user's module of a `code` destination: what it gets, and how it is called in either isolation. */
import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";
import { messageOf } from "../core/errors.ts";
import type { Event, Parcel, PathParams, RawHeaders } from "../core/types.ts";
import { headerPairs, isCredential } from "../kit/raw-headers.ts";

/** An event as the user's module gets it. */
export type CodeEvent<T = unknown> = {
  /** Stable over retries and replays: what to recognise a repeat by. */
  readonly id: string;
  readonly source: string;
  readonly provider: string;
  readonly type: string;
  /** The sender's id, where it has one. */
  readonly providerEventId: string | undefined;
  /** Milliseconds since 1970, by the sender's word. */
  readonly occurredAt: number | undefined;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  readonly params: PathParams;
  /** The body as JSON; undefined where it isn't JSON. */
  readonly payload: T;
  readonly body: Buffer;
  /** By lower-case name, repeated ones joined with a comma; without credentials. */
  readonly headers: Readonly<Record<string, string>>;
};

/** What the user's module gets beside the event. */
export type CodeContext = {
  readonly deliveryId: string;
  /** Counted from 1. */
  readonly attempt: number;
  /** Aborted when the attempt's time is up. */
  readonly signal: AbortSignal;
  /** One line of the gateway's log; never secrets or payloads. */
  readonly log: (text: string, fields?: Readonly<Record<string, unknown>>) => void;
};

/** A module of the user's. What `handle` throws fails the attempt; what it returns is not looked at. */
export type CodeModule<T = unknown> = {
  readonly handle: (event: CodeEvent<T>, context: CodeContext) => unknown;
};

/** Of a parcel, what a module is called with. */
export type CodeParcel = {
  readonly deliveryId: string;
  readonly attempt: number;
  readonly event: Event;
  readonly headers: RawHeaders;
};

/** What a call is given beside its parcel. */
export type CallContext = Pick<CodeContext, "signal" | "log">;

/** The part of a parcel that a module is called with, without the body. */
export function codeParcel({ deliveryId, attempt, event, headers }: Parcel): CodeParcel {
  return { deliveryId, attempt, event, headers };
}

/** A module was loaded, and isn't one that can be called. */
class NoHandle extends Error {}

/** Of Node: what an import names isn't there, or isn't a module that it can run. */
const lastingCode = /^ERR_(?:MODULE_NOT_FOUND|UN(?:KNOWN|SUPPORTED)_|INVALID_|PACKAGE_)/;

/** Whether loading a module fails until it, or the config, is another; what it threw itself may pass. */
export function isLasting(thrown: unknown): boolean {
  if (thrown instanceof NoHandle) return true;
  if (!(thrown instanceof Error)) return false;
  if ("code" in thrown && lastingCode.test(String(thrown.code))) return true;
  // One that a module's own call has thrown, such as JSON.parse, has that module in its stack.
  return thrown instanceof SyntaxError && !/^ +at .*file:\/\//m.test(thrown.stack ?? "");
}

/** The function of a module that is called: `handle` of a destination's, `transform` of a route's, `respond` of a source's. */
export type CalledName = "handle" | "transform" | "respond";

/** The module behind an import's namespace; throws where it has no function of the name. */
export function codeModule(namespace: unknown, name: CalledName = "handle"): CodeModule {
  const called = ((namespace ?? {}) as Readonly<Partial<Record<CalledName, unknown>>>)[name];
  if (typeof called !== "function") {
    throw new NoHandle(`the module exports no function ${name}(event, context)`);
  }
  return { handle: called as CodeModule["handle"] };
}

/** The address of a module; undefined for a path without a config that it starts from. */
export function moduleAddress(
  module: string | URL,
  configUrl: string | undefined,
): string | undefined {
  if (module instanceof URL) return module.href;
  if (isAbsolute(module)) return pathToFileURL(module).href;
  if (module.startsWith("file:")) return module;
  return configUrl === undefined ? undefined : new URL(module, configUrl).href;
}

/** Calls the user's function; undefined where it went well, else what went wrong. Never rejects. */
export async function callModule(
  { handle }: CodeModule,
  parcel: CodeParcel,
  call: CallContext & { readonly body: Buffer },
): Promise<string | undefined> {
  try {
    const { deliveryId, attempt } = parcel;
    const { signal, log } = call;
    await handle(codeEvent(parcel, call.body), { deliveryId, attempt, signal, log });
    return undefined;
  } catch (thrown) {
    return shortened(messageOf(thrown));
  }
}

const longestDetail = 1_024;

/** The text, where it is long its beginning. */
export function shortened(text: string): string {
  return text.length <= longestDetail ? text : `${text.slice(0, longestDetail)}…`;
}

/** An event as a module of the user's gets it. */
export function codeEvent({ event, headers }: CodeParcel, body: Buffer): CodeEvent {
  return {
    id: event.id,
    source: event.source,
    provider: event.provider,
    type: event.type,
    providerEventId: event.providerEventId,
    occurredAt: event.occurredAt,
    receivedAt: event.receivedAt,
    params: event.params,
    payload: parseJson(body),
    body,
    headers: headerRecord(headers),
  };
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}

/** Without a prototype, since senders choose the names. */
function headerRecord(headers: RawHeaders): Record<string, string> {
  const record: Record<string, string> = Object.create(null);
  for (const [name, value] of headerPairs(headers)) {
    if (isCredential(name)) continue;
    const before = record[name];
    record[name] = before === undefined ? value : `${before}, ${value}`;
  }
  return record;
}
