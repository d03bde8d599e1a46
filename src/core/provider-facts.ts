/** What is known of a kind of sender, and what it is given to verify, name, date and sign. */
import type { Code } from "./errors.ts";
import type { Answer, Request, SecretRef, SecretValue } from "./request.ts";

/** Something that a provider asks for before it verifies; it has pinned the address. */
export type KeyAsk =
  /** An address to visit, whose answer says nothing but yes; never kept. */
  | { readonly kind: "visit"; readonly name: string; readonly url: string }
  /** A set of public keys (JWKS), of which one id is wanted; asked for anew for an unknown id, at most once a minute. */
  | {
      readonly kind: "keys";
      readonly name: string;
      readonly url: string;
      readonly keyId: string;
    }
  /** One public key by its id, which stands in the address or the body, asked for with credentials. */
  | {
      readonly kind: "key";
      readonly name: string;
      readonly url: string;
      /** Sent as JSON, one after the other until one gives a key; without any the address is read by GET. */
      readonly bodies?: readonly Readonly<Record<string, string | SecretRef>>[];
      readonly token?: ClientCredentials;
    }
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
  /** What the token is wanted for, where the sender asks. */
  readonly scope?: string;
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
  /** The live value of a secret that the provider's own options name. */
  readonly secret?: ((ref: SecretRef) => SecretValue | undefined) | undefined;
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
  | Refusal;

/** A request is refused; `detail` is for our records. */
export type Refusal = {
  readonly kind: "rejected";
  readonly code: RejectionCode;
  readonly detail: string;
  /** How far a timestamp lies outside: negative in the past. */
  readonly offSeconds?: number;
};

/** What a provider does with a request that is not an event: a challenge, a ping that wants an echo. */
export type Handshake = {
  readonly kind: "handshake";
  /** What it asks for, in words for the log. */
  readonly shape: string;
  readonly answer: Answer;
  /** A secret that the sender shows; whether it becomes live is the gateway's to say. */
  readonly learned?: string;
  /** An address, pinned by the provider, that must be visited first to say yes. */
  readonly visit?: string;
};

/** Methods other than POST that handshakes come with. */
export type HandshakeMethod = "GET" | "HEAD" | "OPTIONS";

/**
 * How a repeat is recognised. `id`: the sender's id, unique per event and covered by the signature.
 * `id-and-content`: an unsigned id counts only together with the body's hash. `content`: the hash alone; of
 * an item of a batch that of the whole batch, with its place, so that equal thin items aren't lost.
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
    | { readonly field: string }
    | { readonly form: string };
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

/** Where the items of a batch stand (dotted paths, `*` for each element), and in them id and type. */
export type BatchFacts = {
  readonly items: readonly string[];
  /** What several places say is one id. */
  readonly id: readonly ItemPlace[];
  readonly type: readonly ItemPlace[];
};

/** Where an event of a batch says its id or type: a field of its item, or a place that all items share. */
export type ItemPlace = NamePlace | { readonly item: string };

/**
 * A function of a provider's that reads its options. Who holds a provider doesn't know of which form those are:
 * `settings` judges them when the config is read. So one that reads a certain form stands for one that reads
 * any, which TypeScript grants to methods alone.
 */
export type OfOptions<Given extends readonly unknown[], Result> = {
  from(...given: Given): Result;
}["from"];

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
  /** `true`: the sender compresses bodies and signs them as sent. `form`: its JSON is the first field of a form, of fields or of parts. */
  readonly decodes?: true | "form";
  /** How its batches are read, where a request may tell several events. */
  readonly batch?: BatchFacts;
  /** Default timestamp tolerance in seconds; 300 where not given. */
  readonly toleranceSeconds?: number;
  /** Status of a refused request where the sender requires another than 401. */
  readonly rejectStatus?: number;
  /** Where the verdict rests on a token or leaves the body uncovered. */
  readonly assurance?: "verified" | "authenticated";
  /** What the sender must be answered on acceptance, where it requires more than a 2xx. */
  readonly acceptAnswer?: Answer;
  /** Lower-case headers (or `?name` for a query parameter) of which one marks a request of this sender. */
  readonly marks: OfOptions<[options: Options], readonly string[]>;
  /** Whether the sender signs the address that it was given, so that the gateway must know it. */
  readonly signsUrl?: OfOptions<[options: Options], boolean>;
  readonly verify: OfOptions<[input: VerifyInput<Options>], Verdict>;
  readonly sign: OfOptions<[input: SignInput<Options>], Signed>;
  readonly identify: OfOptions<
    [input: IdentifyInput<Options>],
    EventIdentity | readonly EventIdentity[]
  >;
  /**
   * What to answer where a request is no event; nothing where it is none of the provider's handshakes. Without
   * a verdict the source is unsigned; of another method than POST nothing is proven.
   */
  readonly handshake?: OfOptions<
    [input: VerifyInput<Options>, verdict: Verdict | undefined],
    Handshake | Refusal | undefined
  >;
  /** Methods beside POST that its handshakes come with. */
  readonly methods?: readonly HandshakeMethod[];
  /** Its handshakes in words, for the docs. */
  readonly handshakeWords?: readonly string[];
  /** Whether the source may take a secret that is shown in a handshake. */
  readonly learns?: OfOptions<[options: Options], boolean>;
  /** What to fetch before `verify`; nothing where that will refuse the request anyway. */
  readonly material?: OfOptions<[input: VerifyInput<Options>], readonly KeyAsk[]>;
  /** A payload of any type, in the sender's form, where the common one isn't of it. */
  readonly generic?: (type: string, context: SampleContext) => unknown;
};

/** Fresh values for a sample payload. */
export type SampleContext = { readonly id: string; readonly now: number };
