/** Verifying alone: no store, no server; a provider, a request, its secrets. */
import type { Provider, ProviderFunction } from "../core/define.ts";
import { GatewayError } from "../core/errors.ts";
import type {
  EventIdentity,
  Handshake,
  KeyAsk,
  KeyMaterial,
  Refusal,
  Request,
  SecretValue,
  VerifyInput,
} from "../core/types.ts";
import { firstField, isForm } from "../kit/form.ts";
import { parseJson } from "../kit/json-path.ts";
import {
  bytesOf,
  type FetchRequest,
  type GivenRequest,
  rawHeadersOf,
  targetOf,
} from "./given-request.ts";

/** What verifying needs beside the request. */
export type VerifyOptions<Options = object> = {
  /** The live secrets, any of which may fit; with a name of their own, or known by their place (`0`, `1`, …). */
  readonly secrets: readonly (string | SecretValue | undefined)[];
  /** Seconds that a signed timestamp may lie in the past or the future; the provider's default is mostly 300. */
  readonly toleranceSeconds?: number;
  /** Milliseconds since 1970; the clock's where missing. */
  readonly now?: number;
  /** The address that the sender was given, where it isn't the request's (behind a proxy); for senders that sign it. */
  readonly url?: string;
  /** Options of the provider's own, as in a source. */
  readonly options?: Options;
  /** The value of a secret that the provider's own options name. */
  readonly secret?: VerifyInput["secret"];
  /** Fetches what some senders are verified by (certificates, key sets). */
  readonly fetchKeys?: (asks: readonly KeyAsk[]) => Promise<KeyMaterial>;
};

/** An event that a verified request tells. */
export type VerifiedEvent = {
  /** The sender's id, where it has one. */
  readonly id: string | undefined;
  readonly type: string;
  /** Milliseconds since 1970, by the sender's word. */
  readonly occurredAt: number | undefined;
  /** The event's bytes, as they were signed. */
  readonly body: Uint8Array;
  /** The event as JSON; undefined where it isn't JSON. */
  readonly payload: unknown;
};

/** What verifying yields. Only the first kind may be believed. */
export type VerifyResult =
  | {
      readonly kind: "verified";
      /** `authenticated` where the sender proves itself without signing the body. */
      readonly assurance: "verified" | "authenticated";
      /** Name or place of the secret that fitted. */
      readonly secret: string;
      readonly events: readonly VerifiedEvent[];
    }
  /** A challenge of the sender: answer it so, there is no event. `learned` is a secret that it shows, `visit` an address to get first. */
  | Handshake
  | Refusal;

/**
 * Proves who sent a request. Takes the raw bytes: a body that a parser has read and written again has
 * another signature. Throws a GatewayError (USAGE) where it is called wrongly; a bad signature is a value.
 */
export async function verify<Options = object>(
  provider: ProviderFunction<Options>,
  given: GivenRequest | FetchRequest,
  options: VerifyOptions<Options>,
): Promise<VerifyResult> {
  const secrets = secretsOf(options?.secrets);
  const request = await requestOf(given);
  const input = {
    request,
    secrets,
    now: numberOf("now", options.now ?? Date.now()),
    toleranceSeconds: numberOf(
      "toleranceSeconds",
      options.toleranceSeconds ?? provider.toleranceSeconds ?? 300,
    ),
    options: (options.options ?? {}) as Options,
    url: options.url ?? given.url,
    secret: options.secret,
  } satisfies VerifyInput<Options>;
  const asks = provider.material?.(input) ?? [];
  const material = asks.length === 0 ? undefined : await fetched(provider, asks, options.fetchKeys);
  const proof: VerifyInput<Options> = { ...input, material };
  const verdict = request.method === "POST" ? provider.verify(proof) : unproven;
  const handshake = provider.handshake?.(proof, verdict);
  if (handshake) return handshake;
  if (verdict.kind === "rejected") return verdict;
  const { kind: assurance, secret } = verdict;
  return { kind: "verified", assurance, secret, events: eventsOf(provider, proof) };
}

const unproven: Refusal = {
  kind: "rejected",
  code: "MISSING_SIGNATURE",
  detail: "only requests of the method POST are signed",
};

/** No signed time is too old by NaN, which a missing variable becomes by `Number()`. */
function numberOf(name: "now" | "toleranceSeconds", value: number): number {
  if (Number.isFinite(value) && value >= 0) return value;
  throw new GatewayError("USAGE", `${name} must be a number that isn't negative; got ${value}.`);
}

async function requestOf(given: GivenRequest | FetchRequest): Promise<Request> {
  if (!given?.headers) {
    throw new GatewayError(
      "USAGE",
      "There is no request to verify: give a Request, or { headers, body } with the raw bytes.",
    );
  }
  if ("bodyUsed" in given && given.bodyUsed) {
    throw new GatewayError(
      "USAGE",
      "The request's body has been read already: verify it before it is parsed, or give { headers, body } with the raw bytes.",
    );
  }
  const body = "arrayBuffer" in given ? await given.arrayBuffer() : given.body;
  if (typeof body !== "string" && !ArrayBuffer.isView(body) && !(body instanceof ArrayBuffer)) {
    throw new GatewayError(
      "USAGE",
      "The body must be raw bytes or text as it arrived, not an object that a parser made of it.",
    );
  }
  return {
    id: "",
    source: "",
    receivedAt: 0,
    method: given.method ?? "POST",
    ...targetOf(given.url ?? "/"),
    params: {},
    headers: rawHeadersOf(given.headers),
    body: bytesOf(body),
    remoteAddress: "",
  };
}

/** One of blanks is none, as in a source: a variable that was set to nothing would let everybody sign. */
function secretsOf(given: VerifyOptions["secrets"] | undefined): readonly SecretValue[] {
  const secrets = (Array.isArray(given) ? given : []).flatMap((secret, place) => {
    const named = typeof secret === "string" ? { name: String(place), value: secret } : secret;
    return named === undefined || named.value.trim() === "" ? [] : [named];
  });
  if (secrets.length > 0) return secrets;
  throw new GatewayError(
    "USAGE",
    "There is no secret to verify by: give a list of at least one as secrets.",
  );
}

async function fetched(
  { title }: Provider<never>,
  asks: readonly KeyAsk[],
  fetchKeys: VerifyOptions["fetchKeys"],
): Promise<KeyMaterial> {
  if (fetchKeys) return fetchKeys(asks);
  throw new GatewayError(
    "USAGE",
    `${title} is verified by keys that are fetched: give fetchKeys: createKeyFetcher() of surehook/keys.`,
  );
}

function eventsOf<Options>(
  provider: Provider<Options>,
  { request, options }: VerifyInput<Options>,
): readonly VerifiedEvent[] {
  const isItsField = provider.decodes === "form" && isForm(request.headers);
  const body = (isItsField ? firstField(request.headers, request.body) : undefined) ?? request.body;
  const payload = (): unknown => parseJson(body);
  const found = provider.identify({ request, body, payload, options });
  return [found].flat().map((event: EventIdentity) => {
    const bytes = event.range ? body.subarray(event.range.start, event.range.end) : body;
    return {
      id: event.id,
      type: event.type === "" ? "unknown" : event.type,
      occurredAt: event.occurredAt,
      body: bytes,
      payload: parseJson(bytes),
    };
  });
}
