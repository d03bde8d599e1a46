/** Small values for the engines' conformance suite. Ids rise, as those of the gateway do. */
import type {
  Acceptance,
  Claim,
  Listing,
  NewEvent,
  Page,
  Settlement,
  Transition,
} from "../../core/engine.ts";
import type { Answer, Attempt, Event, Outcome, RejectionCode, Request } from "../../core/types.ts";

/** The time at which every world of the suite begins: 2026-03-01T00:00:00Z. */
export const start = 1_772_323_200_000;
/** A lease that never ends on a round time, so that no test hangs on a boundary. */
export const leaseMs = 997;
/** A claim of all that is due. */
export const all = { limit: 1_000, maxBytes: 2 ** 30, leaseMs } as const;

let made = 0;
let sharesIds = false;

/** From now on an event that is alone in its request goes by the request's id, as ingest makes them, or by one of its own. */
export function shareIds(isShared: boolean): void {
  sharesIds = isShared;
}

/** A new id in the form of a UUID of version 7; each is greater than those before. */
export function newId(): string {
  made += 1;
  const [time, count] = [Math.floor(made / 1_000), made % 1_000].map((n) => n.toString(16));
  return `019ca000-${time?.padStart(4, "0")}-7${count?.padStart(3, "0")}-8000-000000000000`;
}

/** What a test may say of a request; the rest is standard. */
export type RequestWords = Partial<Omit<Request, "body" | "receivedAt">> & {
  readonly body?: Buffer | string;
  readonly at?: number;
};

/** What a test may say of an acceptance of one event. */
export type AcceptanceWords = RequestWords & {
  readonly type?: string;
  readonly to?: readonly string[];
  /** The dedupe key; none where not given. */
  readonly key?: string;
  readonly expiresAt?: number;
  readonly answer?: Answer;
  readonly event?: Partial<Event>;
};

/** A request. */
export function aRequest(words: RequestWords = {}): Request {
  const { at = start, body = '{"hello":"world"}', ...rest } = words;
  return {
    id: newId(),
    source: "shop",
    method: "POST",
    path: "/webhooks/shop",
    query: "",
    params: {},
    headers: ["Content-Type", "application/json"],
    remoteAddress: "203.0.113.7",
    ...rest,
    receivedAt: at,
    body: typeof body === "string" ? Buffer.from(body) : body,
  };
}

/** An event that is the whole body of its request. */
export function anEvent(request: Request, words: Partial<Event> = {}): Event {
  const isWhole = words.start === undefined;
  return {
    id: sharesIds && isWhole ? request.id : newId(),
    requestId: request.id,
    source: request.source,
    provider: "hmac",
    type: "order.created",
    providerEventId: undefined,
    occurredAt: undefined,
    receivedAt: request.receivedAt,
    assurance: "verified",
    secretName: "SHOP_SECRET",
    validity: "valid",
    params: request.params,
    start: 0,
    end: request.body.length,
    inDecoded: false,
    ...words,
  };
}

/** A request of one event. */
export function anAcceptance(words: AcceptanceWords = {}): Acceptance {
  const { type = "order.created", to = ["crm"], key, expiresAt, answer, event, ...rest } = words;
  const request = aRequest(rest);
  const kept = anEvent(request, { type, providerEventId: idIn(key), ...event });
  return {
    request,
    assurance: kept.assurance,
    events: [{ event: kept, dedupe: dedupe(request, key, expiresAt), deliveries: planned(to) }],
    answer,
  };
}

/** One event of a batch. */
export type BatchPart = {
  readonly text: string;
  readonly key?: string;
  readonly to?: readonly string[];
};

/** A request of several events, each a range of its body: `[first,second,…]`. */
export function aBatch(parts: readonly BatchPart[], words: RequestWords = {}): Acceptance {
  const body = Buffer.from(`[${parts.map(({ text }) => text).join(",")}]`);
  const request = aRequest({ ...words, body });
  let at = 1;
  const events: NewEvent[] = parts.map(({ text, key, to = ["crm"] }) => {
    const range = { start: at, end: at + Buffer.byteLength(text) };
    at = range.end + 1;
    return {
      event: anEvent(request, { ...range, providerEventId: idIn(key) }),
      dedupe: dedupe(request, key, undefined),
      deliveries: planned(to),
    };
  });
  return { request, assurance: "verified", events, answer: undefined };
}

/** The same acceptance under new ids: what a sender's retry makes. */
export function again(first: Acceptance, words: RequestWords = {}): Acceptance {
  const { id: _, body, receivedAt, ...same } = first.request;
  const request = aRequest({ ...same, body, at: receivedAt, ...words });
  const { receivedAt: at, source } = request;
  return {
    ...first,
    request,
    events: first.events.map((kept) => ({
      ...kept,
      event: {
        ...kept.event,
        id: kept.event.id === first.request.id ? request.id : newId(),
        requestId: request.id,
        source,
        receivedAt: at,
      },
    })),
  };
}

/** The first event of an acceptance. */
export function eventOf(acceptance: Acceptance): Event {
  const [first] = acceptance.events;
  if (first === undefined) throw new Error("the acceptance has no event");
  return first.event;
}

/** A rejection of a request. */
export function aRejection(words: RequestWords & { readonly code?: RejectionCode } = {}) {
  const { code = "INVALID_SIGNATURE", ...rest } = words;
  return { request: aRequest(rest), code, detail: "no secret fits" } as const;
}

/** What a release of a kept request makes of it. */
export function releaseOf(request: Request, words: AcceptanceWords = {}): Acceptance {
  const { type = "order.created", to = ["crm"], key, expiresAt, answer, event } = words;
  const kept = anEvent(request, { type, providerEventId: idIn(key), ...event });
  return {
    request,
    assurance: "verified",
    events: [{ event: kept, dedupe: dedupe(request, key, expiresAt), deliveries: planned(to) }],
    answer,
  };
}

/** An attempt's end that succeeded. */
export function delivered(claim: Claim, at: number): Settlement {
  return settlement(claim, at, { state: "delivered" }, { kind: "delivered", status: 204 });
}

/** An attempt's end that failed and is due again. */
export function failed(claim: Claim, at: number, dueAt: number): Settlement {
  const reason = "DESTINATION_STATUS: 500";
  return settlement(claim, at, { state: "ready", dueAt, reason }, failure);
}

/** An attempt's end after which none follows. */
export function died(claim: Claim, at: number): Settlement {
  return settlement(claim, at, { state: "dead", reason: "DESTINATION_STATUS: 500" }, failure);
}

/** An attempt's end that dropped the delivery. */
export function skipped(claim: Claim, at: number): Settlement {
  const reason = "not for us";
  return settlement(claim, at, { state: "skipped", reason }, { kind: "skipped", reason });
}

/** An attempt's end that isn't counted. */
export function interrupted(claim: Claim, at: number): Settlement {
  return settlement(claim, at, { state: "ready" }, { kind: "interrupted", reason: "a crash" });
}

const failure: Outcome = {
  kind: "failed",
  code: "DESTINATION_STATUS",
  detail: "500",
  status: 500,
};

function settlement(
  claim: Claim,
  at: number,
  transition: Transition,
  outcome: Outcome,
): Settlement {
  return { claim, transition, outcome, startedAt: at - 7, endedAt: at };
}

/** The outcomes of attempts by their numbers. */
export function outcomes(attempts: readonly Attempt[]): readonly string[] {
  return attempts.map(({ number, outcome }) => `${number} ${outcome}`);
}

/** All pages of a listing, one after the other; `between` runs before each page but the first. */
export async function pages<T>(
  list: (page: Page) => Promise<Listing<T>>,
  limit: number,
  between?: () => Promise<unknown>,
): Promise<readonly T[]> {
  const found: T[] = [];
  let cursor: string | undefined;
  for (let turn = 0; turn < 1_000; turn += 1) {
    const page = await list(cursor === undefined ? { limit } : { limit, cursor });
    if (page.items.length > limit) throw new Error(`a page of ${page.items.length}, not ${limit}`);
    found.push(...page.items);
    if (page.next === undefined) return found;
    cursor = page.next;
    await between?.();
  }
  throw new Error("the listing has no end");
}

/** Bytes that no text has: all 256 values over and over. */
export function binary(length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, at) => (at * 31 + (at >> 8)) & 0xff));
}

/** The sender's id of an event that is known by it alone. */
function idIn(key: string | undefined): string | undefined {
  return key?.startsWith("id:") ? key.slice("id:".length) : undefined;
}

function dedupe(request: Request, key: string | undefined, expiresAt: number | undefined) {
  if (key === undefined) return undefined;
  return { key, expiresAt: expiresAt ?? request.receivedAt + 86_400_000 };
}

function planned(to: readonly string[]): NewEvent["deliveries"] {
  return to.map((destination) => ({ destination }));
}
