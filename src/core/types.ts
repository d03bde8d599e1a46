/**
 * The nine words of Surehook, as types: source, provider, request, event, route, destination,
 * delivery, attempt, engine (`engine.ts`). Times are milliseconds since 1970 unless the name says
 * otherwise; bodies are bytes and stay bytes.
 */
import type { Code } from "./errors.ts";
import type { DeliveryState } from "./lifecycle.ts";
import type { LiveDoor } from "./live.ts";
import type { RetryPolicy } from "./retry.ts";

/** Headers as they arrived: name, value, name, value. Names keep the sender's spelling. */
export type RawHeaders = readonly string[];

/** Values of a path's parameters, such as `tenant` in `/webhooks/shopify/:tenant`. */
export type PathParams = Readonly<Record<string, string>>;

/** What arrived, byte for byte. */
export type Request = {
  readonly id: string;
  readonly source: string;
  readonly receivedAt: number;
  readonly method: string;
  /** Path without the query string. */
  readonly path: string;
  /** Query string without its `?`. */
  readonly query: string;
  readonly params: PathParams;
  readonly headers: RawHeaders;
  readonly body: Buffer;
  /** The client's address, after trusted proxies. */
  readonly remoteAddress: string;
};

/** What the sender is answered. */
export type Answer = {
  readonly status: number;
  readonly body: string;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

/** How well a request's origin is proven: by a signature over the body, by a token only, or not at all. */
export type Assurance = "verified" | "authenticated" | "unsigned";

/** A reference to a secret; read when used, never kept in the config. */
export type SecretRef = {
  readonly kind: "secret";
  readonly name: string;
  readonly optional: boolean;
};

/** A live secret with the name it is known by, so that an event can say which one fitted. */
export type SecretValue = { readonly name: string; readonly value: string };

/** Something that a provider asks for before it verifies; it has pinned the address. */
export type KeyAsk =
  /** A certificate with its chain (PEM); the same address always gives the same. */
  | { readonly kind: "certificate"; readonly name: string; readonly url: string }
  /** The sender's own judgement of a request, asked with a token of OAuth client credentials. */
  | {
      readonly kind: "judgement";
      readonly name: string;
      readonly url: string;
      /** JSON. */
      readonly body: Buffer;
      readonly token: ClientCredentials;
    };

/** Where a token is given for client credentials (RFC 6749, 4.4). */
export type ClientCredentials = {
  readonly url: string;
  readonly clientId: SecretRef;
  readonly clientSecret: SecretRef;
};

/** What a provider asked for before it verifies (asymmetric senders). */
export type KeyMaterial = {
  /** Texts by the names of what was asked for. */
  readonly found: ReadonlyMap<string, string>;
  /** Certificates (PEM) that a chain may end in. */
  readonly roots: readonly string[];
};

/** All that a provider needs to judge a request. Pure: time, secrets and keys are given. */
export type VerifyInput<Options = unknown> = {
  readonly request: Request;
  readonly secrets: readonly SecretValue[];
  readonly now: number;
  /** Seconds a signed timestamp may lie in the past or the future. */
  readonly toleranceSeconds: number;
  readonly options: Options;
  /** The address that the sender was given, for senders that sign it. */
  readonly url?: string | undefined;
  readonly material?: KeyMaterial | undefined;
  /** How secrets become HMAC keys, in place of the sender's own way; only to find out why a request fails. */
  readonly keyForm?: "utf8" | "hex" | "base64" | "whsec" | undefined;
};

/** Codes with which a provider may refuse a request. */
export type RejectionCode = Extract<
  Code,
  | "INVALID_SIGNATURE"
  | "MISSING_SIGNATURE"
  | "INVALID_FORMAT"
  | "TIMESTAMP_TOO_OLD"
  | "TIMESTAMP_IN_FUTURE"
  | "VERIFICATION_FAILED"
>;

/** A provider's judgement of a request. `detail` is for our records, never for the sender. */
export type Verdict =
  | { readonly kind: "verified"; readonly secret: string }
  | { readonly kind: "authenticated"; readonly secret: string }
  | {
      readonly kind: "rejected";
      readonly code: RejectionCode;
      readonly detail: string;
      /** How far a timestamp lies outside: negative in the past. */
      readonly offSeconds?: number;
    };

/** What a provider does with a request that is not an event: a challenge, a ping that wants an echo. */
export type Handshake = {
  readonly answer: Answer;
  /** A secret learned from it, to be stored sealed under this name. */
  readonly learned?: SecretValue;
};

/**
 * How a repeat is recognised. `id`: the sender's id, unique per event and covered by the signature.
 * `id-and-content`: an unsigned id counts only together with the body's hash. `content`: the hash alone.
 */
export type DedupeBasis =
  | { readonly by: "id"; readonly id: string }
  | { readonly by: "id-and-content"; readonly id: string }
  | { readonly by: "content" };

/** One event as a provider names and dates it. Without a `range` (in the decoded body) it is the whole body. */
export type EventIdentity = {
  readonly id?: string | undefined;
  readonly type: string;
  readonly occurredAt?: number | undefined;
  readonly dedupe: DedupeBasis;
  readonly range?: { readonly start: number; readonly end: number };
};

/** What a provider reads names and dates from. */
export type IdentifyInput<Options = unknown> = {
  readonly request: Request;
  /** The body after content decoding, where the provider's senders compress; else the body itself. */
  readonly body: Buffer;
  /** The body as JSON, parsed once on first use; undefined where it isn't JSON. */
  readonly payload: () => unknown;
  readonly options: Options;
};

/** What `sign` needs to make a request that `verify` accepts. */
export type SignInput<Options = unknown> = {
  readonly body: Buffer;
  readonly secret: string;
  readonly now: number;
  readonly options: Options;
  /** The event's id and type, for senders that carry them in headers. */
  readonly id: string;
  readonly type: string;
  readonly url?: string;
  /** JSON where it isn't given. */
  readonly contentType?: string;
};

/** A signed request: headers to send, and body or query where the signature lives there. */
export type Signed = {
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly query?: string;
};

/** How Surehook knows a provider's scheme. */
export type Evidence =
  | {
      /** An official SDK, an official vector, or neither: then nothing of it was read at the sender. */
      readonly kind: "sdk" | "vector" | "unconfirmed";
      /** Package and version, or the vector's place; of what is unconfirmed, who says so. */
      readonly source: string;
    }
  | {
      readonly kind: "docs";
      /** The address read: the sender's documentation, or source code that it publishes. */
      readonly source: string;
      /** The day, such as `2026-11-20`. */
      readonly readOn: string;
      /** What stood there: header, algorithm, encoding, signed content. */
      readonly read: string;
    };

/** How a declared provider's requests are proven, as its documentation shows it. */
export type SchemeFacts = {
  /** Where the signature or token stands; the first place of several. */
  readonly place:
    | { readonly header: string }
    | { readonly query: string }
    | { readonly field: string };
  /** Such as `HMAC-SHA256, hex`, or `token`. */
  readonly algorithm: string;
  /** The form of its secrets. */
  readonly key: "utf8" | "hex" | "base64" | "whsec" | "ed25519" | "p256" | "rsa";
  /** Whether it signs an instant. */
  readonly dated: boolean;
  /** Whether the signature covers the whole body. */
  readonly coversBody: boolean;
  /** What is signed, in order, such as `timestamp "." body`; absent where it is only a token. */
  readonly signed?: string;
  /** Where an event's id stands; absent where it has none. */
  readonly id?: NamePlace;
  /** Where its type stands; what several places say is joined by full stops. */
  readonly type?: readonly NamePlace[];
};

/** Where a request says an event's id or type: a header, a query parameter, or a dotted path in its JSON. */
export type NamePlace =
  | { readonly header: string }
  | { readonly query: string }
  | { readonly json: string };

/** What is known of a kind of sender: how it signs, names and dates its events, and what it expects. */
export type ProviderFacts<Options = unknown> = {
  readonly name: string;
  readonly title: string;
  readonly docs: string;
  readonly evidence: Evidence;
  /** Largest body the sender posts, in bytes; the source's default limit. */
  readonly maxBodyBytes?: number;
  /** What the signature leaves uncovered, where that is more than headers. */
  readonly notCovered?: string;
  /** Where the sender publishes the addresses that it sends from. */
  readonly addresses?: string;
  /** What its documentation shows of how it signs. */
  readonly scheme?: SchemeFacts;
  /** Whether the sender tries again after a failure, where known; where it isn't sure, being over a rate never refuses. */
  readonly retries?: boolean;
  /** Seconds that the sender waits for an answer, where known. */
  readonly deadlineSeconds?: number;
  /** Whether the sender compresses bodies and signs them as sent. */
  readonly decodes?: boolean;
  /** Default timestamp tolerance in seconds; 300 where not given. */
  readonly toleranceSeconds?: number;
  /** Status of a refused request where the sender requires another than 401. */
  readonly rejectStatus?: number;
  /** Where the verdict rests on a token or leaves the body uncovered. */
  readonly assurance?: "verified" | "authenticated";
  /** What the sender must be answered on acceptance, where it requires more than a 2xx. */
  readonly acceptAnswer?: Answer;
  /** Lower-case headers (or `?name` for a query parameter) of which one marks a request of this sender. */
  readonly marks: (options: Options) => readonly string[];
  /** Whether the sender signs the address that it was given, so that the gateway must know it. */
  readonly signsUrl?: (options: Options) => boolean;
  readonly verify: (input: VerifyInput<Options>) => Verdict;
  readonly sign: (input: SignInput<Options>) => Signed;
  readonly identify: (input: IdentifyInput<Options>) => EventIdentity | readonly EventIdentity[];
  readonly handshake?: (input: VerifyInput<Options>) => Handshake | undefined;
  /** What to fetch before `verify`; nothing where that will refuse the request anyway. */
  readonly material?: (input: VerifyInput<Options>) => readonly KeyAsk[];
};

/** Fresh values for a sample payload. */
export type SampleContext = { readonly id: string; readonly now: number };

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
