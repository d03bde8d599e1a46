/**
 * The nine words of Surehook, as types: source, provider, request, event, route, destination,
 * delivery, attempt, engine (`engine.ts`). Times are milliseconds since 1970 unless the name says
 * otherwise; bodies are bytes and stay bytes.
 */
import type { Code } from "./errors.ts";
import type { DeliveryState } from "./lifecycle.ts";
import type { LiveDoor } from "./live.ts";
import type { PathParams, RawHeaders } from "./request.ts";
import type { RetryPolicy } from "./retry.ts";

export type {
  BatchFacts,
  ClientCredentials,
  DedupeBasis,
  EventIdentity,
  Evidence,
  Handshake,
  HandshakeMethod,
  IdentifyInput,
  ItemPlace,
  KeyAsk,
  KeyMaterial,
  NamePlace,
  OfOptions,
  ProviderFacts,
  Refusal,
  RejectionCode,
  SampleContext,
  SchemeFacts,
  Signed,
  SignInput,
  Verdict,
  VerifyInput,
} from "./provider-facts.ts";
export type { Answer, PathParams, RawHeaders, Request, SecretRef, SecretValue } from "./request.ts";

/** How well a request's origin is proven: by a signature over the body, by a token only, or not at all. */
export type Assurance = "verified" | "authenticated" | "unsigned";

/** Where an event came from and what it is; the payload is `body`. */
export type Event = {
  readonly id: string;
  readonly requestId: string;
  readonly source: string;
  readonly provider: string;
  readonly type: string;
  /** The sender's id, where it has one. */
  readonly providerEventId: string | undefined;
  /** When it happened by the sender's word. */
  readonly occurredAt: number | undefined;
  readonly receivedAt: number;
  readonly assurance: Assurance;
  /** Name of the secret that fitted. */
  readonly secretName: string | undefined;
  readonly validity: "valid" | "invalid";
  readonly params: PathParams;
  /** Range of the event in its request's body. */
  readonly start: number;
  readonly end: number;
  /** Whether the range lies in the body after content decoding: an item of a compressed batch. */
  readonly inDecoded: boolean;
};

/** Which destinations get which events. */
export type Route = {
  /** Names of sources; undefined: all. */
  readonly from: readonly string[] | undefined;
  /** Type globs (`payment_intent.*`); undefined: all. */
  readonly types: readonly string[] | undefined;
  readonly to: readonly string[];
  /** Raw where missing. */
  readonly form?: RouteForm;
  readonly transform?: ModuleSource;
};

/** In which form events of a route go out. */
export type RouteForm = "raw" | "standard" | "cloudevents" | "cloudevents-structured";

/** A module of the user's: a function that imports it, its address, or its path from the config. */
export type ModuleSource = (() => Promise<unknown>) | string | URL;

/** One event owed to one destination. */
export type Delivery = {
  readonly id: string;
  readonly eventId: string;
  readonly destination: string;
  readonly state: DeliveryState;
  readonly origin: "route" | "replay";
  readonly attempts: number;
  readonly createdAt: number;
  readonly dueAt: number;
  readonly firstAttemptAt: number | undefined;
  readonly settledAt: number | undefined;
  readonly reason: string | undefined;
  readonly laneKey: string | undefined;
  /** Why it waits although it is due: its destination's pause. */
  readonly held: string | undefined;
};

/** One try of a delivery. */
export type Attempt = {
  readonly deliveryId: string;
  readonly number: number;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly outcome: Exclude<Outcome["kind"], "interrupted">;
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly detail: string | undefined;
};

/**
 * How an attempt ended. `failed` is tried again while attempts and age last, unless it is `permanent`; `interrupted` was cut short
 * or kept waiting by no fault of its own, isn't counted, and comes again at once.
 */
export type Outcome =
  | { readonly kind: "delivered"; readonly status?: number; readonly detail?: string }
  | {
      readonly kind: "failed";
      readonly code: Code;
      readonly detail: string;
      readonly status?: number;
      /** The destination's own wish, in milliseconds from now. */
      readonly retryAfterMs?: number;
      /** The destination will never take this event as it is: trying again is of no use. */
      readonly permanent?: true;
    }
  | { readonly kind: "skipped"; readonly reason: string }
  | { readonly kind: "interrupted"; readonly reason: string };

/** What a destination gets to deliver. */
export type Parcel = {
  readonly deliveryId: string;
  readonly attempt: number;
  readonly event: Event;
  /** The event's bytes. */
  readonly body: Buffer;
  /** The request's headers, as sent. */
  readonly headers: RawHeaders;
  readonly method: string;
  readonly query: string;
};

/** A destination that is open and can be sent to. */
export type OpenDestination = {
  readonly send: (parcel: Parcel, signal: AbortSignal) => Promise<Outcome>;
  /** Takes a new token now, where the destination logs in with one; when it is taken to end. */
  readonly renew?: () => Promise<{ readonly expiresAt: number }>;
  /** Where live clients come in, for a kind that has them. */
  readonly live?: LiveDoor;
  readonly close: () => Promise<void>;
};

/** How deliveries to a destination are paced. */
export type Pacing = {
  /** Deliveries in flight at once. */
  readonly concurrency: number;
  readonly timeoutMs: number;
  readonly retry: RetryPolicy;
};
