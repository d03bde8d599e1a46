/**
 * The engine contract: what keeps requests, events and deliveries, and hands them out. It speaks the
 * language of the trade, never SQL; `src/engines/conformance.ts` is the suite that each engine passes.
 * Engines read the clock that they are opened with; where several processes share a store, leases
 * use the store's own clock.
 */

import type { DeliveryState, RequestOutcome } from "./lifecycle.ts";
import type {
  Answer,
  Assurance,
  Attempt,
  Delivery,
  Event,
  Outcome,
  Parcel,
  RejectionCode,
  Request,
} from "./types.ts";

/** What engines differ in, by name. A config that needs what its engine lacks fails at start. */
export type Capabilities = {
  /** Where deliveries can be settled in the user's own transaction. */
  readonly once: false | "sql" | "dynamodb";
  /** Largest body that can be kept, in bytes. */
  readonly largestBody: number;
  /** Whether deliveries of one lane go in order. */
  readonly lanes: boolean;
  /** Whether deliveries are claimed by a worker (`claim`, `rescue`), or pushed by a queue. */
  readonly claims: boolean;
};

/** A delivery that a route asks for. */
export type PlannedDelivery = {
  readonly destination: string;
  readonly laneKey?: string;
};

/** An event to be kept, with what makes a repeat of it recognisable and what it owes. */
export type NewEvent = {
  readonly event: Event;
  /** Unique with the source while it lasts; undefined: no dedupe. */
  readonly dedupe: { readonly key: string; readonly expiresAt: number } | undefined;
  readonly deliveries: readonly PlannedDelivery[];
};

/** Why an event of a request that was let in goes nowhere. */
export type Note = { readonly code: "VALIDATION_ERROR"; readonly detail: string };

/** What `accept` commits in one transaction. */
export type Acceptance = {
  readonly request: Request;
  readonly assurance: Assurance;
  readonly events: readonly NewEvent[];
  /** Kept with the request. */
  readonly note?: Note;
  /** Kept for duplicates, where it isn't the standard answer. */
  readonly answer: Answer | undefined;
};

/** What became of one event of an acceptance; a duplicate names the first one's ids. */
export type AcceptedEvent = {
  readonly kind: "stored" | "duplicate";
  readonly id: string;
  readonly providerEventId: string | undefined;
  readonly validity: Event["validity"];
};

/** The result of `accept`, after the commit is on disk. */
export type Accepted = {
  readonly events: readonly AcceptedEvent[];
  /** The first answer, where it was kept. */
  readonly answer: Answer | undefined;
  /** A duplicate whose body differs from the first one's: kept, flagged, not delivered. */
  readonly conflict: boolean;
};

/** A request that failed verification, to be kept within bounds. */
export type Rejection = {
  readonly request: Request;
  readonly code: RejectionCode;
  readonly detail: string;
};

/** A request as it is kept. `body` is undefined for a plain duplicate, whose body is the first one's. */
export type KeptRequest = Omit<Request, "body"> & {
  readonly outcome: RequestOutcome;
  readonly assurance: Assurance | undefined;
  /** Why it was refused, or why an event of it is invalid. */
  readonly code: RejectionCode | Note["code"] | undefined;
  readonly detail: string | undefined;
  readonly bodyBytes: number;
  readonly eventIds: readonly string[];
};

/** A delivery handed out under a lease. Of an item of a compressed batch, `body` is the whole one, as sent. */
export type Claim = Parcel & {
  readonly lease: string;
  readonly leasedUntil: number;
  readonly destination: string;
  readonly firstAttemptAt: number;
};

/** The state that follows an attempt. */
export type Transition = {
  readonly state: Extract<DeliveryState, "ready" | "delivered" | "dead" | "skipped">;
  /** When a `ready` one is due again. */
  readonly dueAt?: number;
  readonly reason?: string;
};

/** An attempt's end: recorded together with the change of state, if the lease still holds. */
export type Settlement = {
  readonly claim: Pick<Claim, "deliveryId" | "lease" | "attempt">;
  readonly transition: Transition;
  readonly outcome: Outcome;
  readonly startedAt: number;
  readonly endedAt: number;
};

/** What is paused, by whom and why. */
export type Pause = {
  readonly destination: string;
  readonly laneKey?: string;
  readonly cause: "person" | "circuit" | "poison";
  readonly reason: string;
  readonly since: number;
  /** Ends by itself at this time. */
  readonly until?: number;
};

/** A page of a listing, newest first; `cursor` is the previous page's `next`, anything else is refused with USAGE. */
export type Page = { readonly limit: number; readonly cursor?: string };

/** A listing's answer. `next` is there while more may follow, also where the time limit ended the page early. */
export type Listing<T> = { readonly items: readonly T[]; readonly next: string | undefined };

/** Bounds of a listing in time; `since` included, `until` not. */
export type TimeRange = { readonly since?: number; readonly until?: number };

/** Which events. `types` are globs. */
export type EventFilter = TimeRange & {
  readonly source?: string;
  readonly types?: readonly string[];
  readonly providerEventId?: string;
  /** Oldest first instead of newest first. */
  readonly oldestFirst?: boolean;
};

/** Which requests. */
export type RequestFilter = TimeRange & {
  readonly source?: string;
  readonly outcome?: RequestOutcome;
  readonly oldestFirst?: boolean;
};

/** Which deliveries. */
export type DeliveryFilter = TimeRange & {
  readonly destination?: string;
  readonly state?: DeliveryState;
  readonly eventId?: string;
};

/** What is there, for health and for people. */
export type Counts = {
  readonly requests: Readonly<Record<RequestOutcome, number>>;
  readonly events: number;
  readonly deliveries: Readonly<Record<DeliveryState, number>>;
};

/** A rate: `tokens` per `perMs` milliseconds, all of which may be spent at once. */
export type Rate = { readonly tokens: number; readonly perMs: number };

/** What is kept how long. */
export type Retention = {
  /** Requests, events and final deliveries that arrived before this time may go. */
  readonly before: number;
  /** Requests to look at in this call. */
  readonly limit: number;
};

/** What keeps events and hands them out. All writes are durable when their promise resolves. */
export type Engine = {
  readonly name: string;
  readonly capabilities: Capabilities;

  /**
   * Keeps a request, its events, dedupe keys, deliveries and answer in one transaction.
   * Idempotent on the events' ids. Rejects with STORE_UNAVAILABLE when nothing was kept.
   */
  readonly accept: (acceptance: Acceptance) => Promise<Accepted>;
  /** Keeps a refused request off the path of good ones; false when bounds made it drop it. */
  readonly reject: (rejection: Rejection) => Promise<boolean>;
  /** Turns a rejected request into an accepted one. Undefined when it isn't rejected (any more). */
  readonly release: (acceptance: Acceptance) => Promise<Accepted | undefined>;

  /** Leases up to `limit` due deliveries of a destination that isn't paused, at most `maxBytes` of bodies (but one at least). */
  readonly claim: (
    destination: string,
    options: { readonly limit: number; readonly maxBytes: number; readonly leaseMs: number },
  ) => Promise<readonly Claim[]>;
  /**
   * Records an attempt and the state that follows; `lost` when the lease is no longer ours. One that was
   * interrupted leaves no attempt, and its delivery as it was before it was claimed.
   */
  readonly settle: (settlement: Settlement) => Promise<"settled" | "lost">;
  /** Makes deliveries whose lease ran out ready again; how many. */
  readonly rescue: () => Promise<number>;
  /** When the next delivery of a destination can go, a pause's end included; undefined: none waits, or it is paused without end. */
  readonly nextDue: (destination: string) => Promise<number | undefined>;
  /** Dead deliveries not archived yet, oldest first. */
  readonly unarchived: (limit: number) => Promise<readonly Delivery[]>;
  /** Marks a dead delivery as archived. */
  readonly archived: (deliveryId: string) => Promise<void>;

  /** Makes new deliveries of kept events; how many. Unknown events are passed over. */
  readonly replay: (
    orders: readonly { readonly eventId: string; readonly destination: string }[],
  ) => Promise<number>;
  readonly pause: (pause: Omit<Pause, "since">) => Promise<void>;
  /** Ends a pause; false when there was none. */
  readonly resume: (destination: string, laneKey?: string) => Promise<boolean>;
  readonly pauses: () => Promise<readonly Pause[]>;
  /** Cancels a delivery that waits; the state it has now, or undefined if there is none. */
  readonly cancel: (deliveryId: string, reason: string) => Promise<DeliveryState | undefined>;

  /** Takes tokens of a rate over all instances (negative: gives back); milliseconds to wait, 0 when taken. */
  readonly take: (bucket: string, rate: Rate, tokens: number) => number | Promise<number>;
  /** Keeps what `respond` answered to a request, unless it has an answer already; the one that is kept. */
  readonly answer: (requestId: string, answer: Answer) => Promise<Answer>;

  readonly event: (id: string) => Promise<Event | undefined>;
  readonly events: (filter: EventFilter, page: Page) => Promise<Listing<Event>>;
  readonly request: (id: string) => Promise<KeptRequest | undefined>;
  readonly requests: (filter: RequestFilter, page: Page) => Promise<Listing<KeptRequest>>;
  /** A kept request's bytes; a duplicate's are the first one's. */
  readonly body: (requestId: string) => Promise<Buffer | undefined>;
  readonly delivery: (id: string) => Promise<Delivery | undefined>;
  /** In the order of their events, newest first. */
  readonly deliveries: (filter: DeliveryFilter, page: Page) => Promise<Listing<Delivery>>;
  readonly attempts: (deliveryId: string) => Promise<readonly Attempt[]>;
  readonly counts: () => Promise<Counts>;

  /** A sealed value and its version. */
  readonly get: (
    name: string,
  ) => Promise<{ readonly value: Buffer; readonly version: number } | undefined>;
  /** Puts a sealed value if its version is still `expected` (0: not there yet); false when it isn't. */
  readonly put: (name: string, value: Buffer, expected: number) => Promise<boolean>;

  /** Tells live listeners on all instances. Not durable. */
  readonly publish: (topic: string, message: string) => Promise<void>;
  /** Listens until the returned function is called. */
  readonly listen: (topic: string, listener: (message: string) => void) => () => void;

  /** Removes what retention allows, a stretch at each call; how many rows. Never what still waits. */
  readonly prune: (retention: Retention) => Promise<number>;
  /** Brings the store to this version's form. */
  readonly migrate: () => Promise<void>;
  /** Resolves when the write path works: something was written and synced. */
  readonly probe: () => Promise<void>;
  /** Finishes what was taken, then lets go of everything. */
  readonly close: () => Promise<void>;
};

/** What reads of an engine: as much as a store gives where nothing can be written. */
export type Reading = Pick<
  Engine,
  | "event"
  | "events"
  | "request"
  | "requests"
  | "body"
  | "delivery"
  | "deliveries"
  | "attempts"
  | "counts"
  | "pauses"
  | "get"
  | "unarchived"
  | "nextDue"
>;
