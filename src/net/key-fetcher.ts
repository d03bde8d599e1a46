/**
 * Fetches what providers ask for before they verify. The addresses are pinned by the providers; here
 * they are bounded: TLS, no redirects, 64 KiB, five seconds. Certificates are kept, since an address always
 * gives the same one.
 *
 * A forger names certificates at will, and asks for a judgement with each request. So an address that
 * failed isn't asked again for a minute, a client can make us ask for ten unknown ones in a minute and
 * all clients together for 300, and only 32 judgements are under way at once. Past that a sender gets a
 * 503 and comes again; what is kept already goes on working.
 */
import { X509Certificate } from "node:crypto";
import type { Agent } from "node:https";
import { getCACertificates } from "node:tls";
import type { GatewayError } from "../core/errors.ts";
import type {
  ClientCredentials,
  KeyAsk,
  KeyMaterial,
  SecretRef,
  SecretValue,
} from "../core/types.ts";
import { parseJson } from "../kit/json-path.ts";
import { putLast } from "../kit/put-last.ts";
import { TokenBuckets } from "../kit/token-bucket.ts";
import { faultOf, unavailable } from "./key-faults.ts";
import { KeySets } from "./key-sets.ts";
import { type PinnedAsk, type PinnedReply, pinnedExchange } from "./pinned-exchange.ts";

const timeoutMs = 5_000;
const mostBytes = 65_536;
const mostKept = 64;
const failedForMs = 60_000;
const clientRate = { tokens: 10, perMs: 60_000 };
const totalRate = { tokens: 300, perMs: 60_000 };
const mostJudgements = 32;
/** A token is let go this long before it ends. */
const tokenMarginMs = 60_000;

/** What fetching needs from outside. */
export type KeyFetcherOptions = {
  readonly now: () => number;
  readonly secret: (ref: SecretRef) => SecretValue | undefined;
  /** What connects, in place of Node's own one. */
  readonly agent?: Agent;
};

type Token = { readonly value: string; readonly until: number };

/** Fetches and keeps; certificates in memory only, so that each process asks once. */
export class KeyFetcher {
  readonly #options: KeyFetcherOptions;
  readonly #unknown: TokenBuckets;
  readonly #kept = new Map<string, string>();
  readonly #failed = new Map<string, { readonly until: number; readonly error: GatewayError }>();
  readonly #underWay = new Map<string, Promise<string>>();
  readonly #tokens = new Map<string, Token>();
  readonly #tokensUnderWay = new Map<string, Promise<Token>>();
  readonly #keySets: KeySets;
  #judgements = 0;
  #roots: readonly string[] | undefined;

  constructor(options: KeyFetcherOptions) {
    this.#options = options;
    this.#unknown = new TokenBuckets(options.now);
    this.#keySets = new KeySets({
      now: options.now,
      secret: (ref) => this.#secret(ref),
      token: async (credentials) => (await this.#token(credentials)).value,
      exchange: (url, request) => this.#exchange(url, request),
      isOver: (client) => this.#isOver(client),
    });
  }

  /**
   * All that was asked for, by a request of the client at an address. Rejects with KEYS_UNAVAILABLE where
   * any of it can't be had.
   */
  async fetch(asks: readonly KeyAsk[], client: string): Promise<KeyMaterial> {
    const texts = await Promise.all(
      asks.map((ask) => {
        if (ask.kind === "certificate") return this.#certificate(ask, client);
        if (ask.kind === "judgement") return this.#judgement(ask);
        return this.#keySets.fetch(ask, client);
      }),
    );
    // Node's own, and those of NODE_EXTRA_CA_CERTS.
    this.#roots ??= getCACertificates("default");
    const found = new Map(asks.map(({ name }, at) => [name, texts[at] as string]));
    return { found, roots: this.#roots };
  }

  async #certificate({ url }: Pick<KeyAsk, "url">, client: string): Promise<string> {
    const kept = this.#kept.get(url);
    if (kept !== undefined) {
      putLast(this.#kept, [url, kept], mostKept);
      return kept;
    }
    const failed = this.#failed.get(url);
    if (failed !== undefined && this.#options.now() < failed.until) throw failed.error;
    const others = this.#underWay.get(url);
    if (others !== undefined) return others;
    if (this.#isOver(client)) {
      throw unavailable("too many unknown certificates were named within a minute");
    }
    const fetched = this.#fetchCertificate(url).finally(() => this.#underWay.delete(url));
    this.#underWay.set(url, fetched);
    return fetched;
  }

  #isOver(client: string): boolean {
    return (
      this.#unknown.take(`client ${client}`, clientRate, 1) > 0 ||
      this.#unknown.take("total", totalRate, 1) > 0
    );
  }

  async #fetchCertificate(url: string): Promise<string> {
    try {
      const { status, text } = await this.#exchange(url, { method: "GET" });
      if (status !== 200) throw unavailable(`${url} answered ${status}`);
      if (!isCertificate(text)) throw unavailable(`${url} gave no certificate`);
      putLast(this.#kept, [url, text], mostKept);
      this.#failed.delete(url);
      return text;
    } catch (thrown) {
      const error = faultOf(thrown, url);
      putLast(this.#failed, [url, { until: this.#options.now() + failedForMs, error }], mostKept);
      throw error;
    }
  }

  async #judgement(ask: Extract<KeyAsk, { kind: "judgement" }>): Promise<string> {
    if (this.#judgements >= mostJudgements) {
      throw unavailable(`${mostJudgements} questions to the sender are under way already`);
    }
    this.#judgements += 1;
    try {
      let reply = await this.#askJudgement(ask, await this.#token(ask.token));
      if (reply.status === 401) {
        // Taken back before its time: once more, with a new one.
        this.#tokens.delete(nameOf(ask.token));
        reply = await this.#askJudgement(ask, await this.#token(ask.token));
      }
      if (reply.status === 200) return reply.text;
      throw unavailable(`${ask.url} answered ${reply.status}`);
    } catch (thrown) {
      throw faultOf(thrown, ask.url);
    } finally {
      this.#judgements -= 1;
    }
  }

  #askJudgement(
    { url, body }: Extract<KeyAsk, { kind: "judgement" }>,
    { value }: Token,
  ): Promise<PinnedReply> {
    const headers = { authorization: `Bearer ${value}`, "content-type": "application/json" };
    return this.#exchange(url, { method: "POST", headers, body });
  }

  async #token(credentials: ClientCredentials): Promise<Token> {
    const name = nameOf(credentials);
    const known = this.#tokens.get(name);
    if (known !== undefined && this.#options.now() < known.until) return known;
    const others = this.#tokensUnderWay.get(name);
    if (others !== undefined) return others;
    const taken = this.#takeToken(credentials).finally(() => this.#tokensUnderWay.delete(name));
    this.#tokensUnderWay.set(name, taken);
    return taken;
  }

  async #takeToken(credentials: ClientCredentials): Promise<Token> {
    const { url, clientId, clientSecret, scope } = credentials;
    const pair = [this.#secret(clientId), this.#secret(clientSecret)].join(":");
    const { status, text } = await this.#exchange(url, {
      method: "POST",
      headers: {
        authorization: `Basic ${Buffer.from(pair, "utf8").toString("base64")}`,
        "content-type": "application/x-www-form-urlencoded",
      },
      body: `grant_type=client_credentials${scope === undefined ? "" : `&scope=${encodeURIComponent(scope)}`}`,
    });
    const token = status === 200 ? tokenIn(text, this.#options.now()) : undefined;
    if (token === undefined) throw unavailable(`${url} gave no token: it answered ${status}`);
    this.#tokens.set(nameOf(credentials), token);
    return token;
  }

  #secret(ref: SecretRef): string {
    const found = this.#options.secret(ref);
    if (found === undefined) throw unavailable(`the secret ${ref.name} is missing; set it`);
    return found.value;
  }

  #exchange(url: string, ask: PinnedAsk): Promise<PinnedReply> {
    return pinnedExchange(url, ask, { timeoutMs, mostBytes, agent: this.#options.agent });
  }
}

/** What isn't one is never kept: a page of maintenance must not refuse an hour's events. */
function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).ca !== undefined;
  } catch {
    return false;
  }
}

function tokenIn(text: string, now: number): Token | undefined {
  const answer = parseJson(Buffer.from(text, "utf8")) as
    | { readonly access_token?: unknown; readonly expires_in?: unknown }
    | null
    | undefined;
  const { access_token: value, expires_in: seconds } = answer ?? {};
  if (typeof value !== "string" || value === "") return undefined;
  const lastsMs = typeof seconds === "number" ? seconds * 1000 : 0;
  return { value, until: now + Math.max(0, lastsMs - tokenMarginMs) };
}

function nameOf({ url, clientId, clientSecret, scope = "" }: ClientCredentials): string {
  return [url, clientId.name, clientSecret.name, scope].join(" ");
}
