/**
 * Public keys that senders publish: sets of them (JWKS), single ones by their id, and addresses that are only
 * visited. All are pinned by the providers and asked over the fetcher's guarded connections.
 *
 * A forger names key ids at will. A set is asked for anew for an id that it lacks at most once a minute, so what is
 * refused then is refused by a set that is no older; single keys are bounded as certificates are, by their ids. A set is kept for
 * an hour, and for a day where its address doesn't answer.
 */
import type { GatewayError } from "../core/errors.ts";
import type { ClientCredentials, KeyAsk, SecretRef } from "../core/types.ts";
import { parseJson } from "../kit/json-path.ts";
import { putLast } from "../kit/put-last.ts";
import { faultOf, unavailable } from "./key-faults.ts";

const againMs = 60_000;
const freshMs = 3_600_000;
const keptMs = 86_400_000;
const mostKept = 256;

type Reply = { readonly status: number; readonly text: string };

/** What asking needs from the fetcher. */
export type KeySetOptions = {
  readonly now: () => number;
  /** The live text of a secret; throws KEYS_UNAVAILABLE where it is missing. */
  readonly secret: (ref: SecretRef) => string;
  readonly token: (credentials: ClientCredentials) => Promise<string>;
  readonly exchange: (
    url: string,
    request: {
      readonly method: "GET" | "POST";
      readonly headers?: Record<string, string>;
      readonly body?: string;
    },
  ) => Promise<Reply>;
  /** Whether a client, or all of them, have made us ask for too many unknown things. */
  readonly isOver: (client: string) => boolean;
};

type SetAsk = Extract<KeyAsk, { readonly kind: "keys" }>;
type OneAsk = Extract<KeyAsk, { readonly kind: "key" }>;
type VisitAsk = Extract<KeyAsk, { readonly kind: "visit" }>;
type Body = NonNullable<OneAsk["bodies"]>[number];

type Kept = { readonly text: string; readonly at: number; readonly ids: ReadonlySet<string> };

/** Asks for keys and keeps them, in memory only. */
export class KeySets {
  readonly #options: KeySetOptions;
  readonly #kept = new Map<string, Kept>();
  /** When each was asked for last, and how that failed. */
  readonly #asked = new Map<string, { readonly at: number; readonly error?: GatewayError }>();
  readonly #underWay = new Map<string, Promise<Kept>>();

  constructor(options: KeySetOptions) {
    this.#options = options;
  }

  /** The text that was asked for, by a request of a client. Rejects with KEYS_UNAVAILABLE. */
  fetch(ask: SetAsk | OneAsk | VisitAsk, client: string): Promise<string> {
    if (ask.kind === "keys") return this.#set(ask);
    return ask.kind === "key" ? this.#one(ask, client) : this.#visit(ask, client);
  }

  async #set(ask: SetAsk): Promise<string> {
    const kept = this.#kept.get(ask.url);
    const age = kept === undefined ? Number.POSITIVE_INFINITY : this.#options.now() - kept.at;
    if (kept !== undefined && age < freshMs && kept.ids.has(ask.keyId)) return kept.text;
    const asked = this.#asked.get(ask.url);
    const isSoon = asked !== undefined && this.#options.now() - asked.at < againMs;
    if (kept !== undefined && age < keptMs && isSoon) return kept.text;
    if (isSoon && asked.error !== undefined) throw asked.error;
    try {
      return (await this.#ask(ask.url, () => this.#fetchSet(ask.url))).text;
    } catch (error) {
      if (kept !== undefined && age < keptMs) return kept.text;
      throw error;
    }
  }

  async #fetchSet(url: string): Promise<Kept> {
    const { status, text } = await this.#options.exchange(url, { method: "GET" });
    const ids = status === 200 ? idsOf(text) : undefined;
    if (ids === undefined) throw unavailable(`${url} gave no set of keys: it answered ${status}`);
    return { text, at: this.#options.now(), ids };
  }

  async #one(ask: OneAsk, client: string): Promise<string> {
    const kept = this.#kept.get(ask.name);
    if (kept !== undefined && this.#options.now() - kept.at < keptMs) return kept.text;
    const asked = this.#asked.get(ask.name);
    if (asked?.error !== undefined && this.#options.now() - asked.at < againMs) throw asked.error;
    if (!this.#underWay.has(ask.name) && this.#options.isOver(client)) {
      throw unavailable("too many unknown keys were named within a minute");
    }
    return (await this.#ask(ask.name, () => this.#fetchOne(ask))).text;
  }

  /** A refusal may mean the credentials alone, so the next ones are tried; an address that is away is asked once. */
  async #fetchOne({ url, bodies, token }: OneAsk): Promise<Kept> {
    const headers: Record<string, string> =
      token === undefined ? {} : { authorization: `Bearer ${await this.#options.token(token)}` };
    const statuses: number[] = [];
    for (const body of bodies ?? [undefined]) {
      const { status, text } = await this.#askOne(url, headers, body);
      if (status === 200 && isKey(text)) return { text, at: this.#options.now(), ids: new Set() };
      statuses.push(status);
    }
    throw unavailable(`${url} gave no key: it answered ${statuses.join(", ")}`);
  }

  #askOne(url: string, headers: Record<string, string>, body: Body | undefined): Promise<Reply> {
    if (body === undefined) return this.#options.exchange(url, { method: "GET", headers });
    return this.#options.exchange(url, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: this.#filled(body),
    });
  }

  #filled(body: Body): string {
    return JSON.stringify(
      Object.fromEntries(
        Object.entries(body).map(([name, value]) => [
          name,
          typeof value === "string" ? value : this.#options.secret(value),
        ]),
      ),
    );
  }

  async #visit({ url }: VisitAsk, client: string): Promise<string> {
    if (this.#options.isOver(client)) {
      throw unavailable("too many addresses were to be visited within a minute");
    }
    const { status, text } = await this.#options
      .exchange(url, { method: "GET" })
      .catch((thrown: unknown) => {
        throw faultOf(thrown, new URL(url).origin);
      });
    if (status >= 200 && status < 300) return text;
    throw unavailable(`${new URL(url).origin} answered ${status} when it was visited`);
  }

  /** Asked once for all who want the same now; how it ended is remembered. */
  #ask(name: string, fetch: () => Promise<Kept>): Promise<Kept> {
    const others = this.#underWay.get(name);
    if (others !== undefined) return others;
    const at = this.#options.now();
    const asking = fetch()
      .then((kept) => {
        putLast(this.#kept, [name, kept], mostKept);
        putLast(this.#asked, [name, { at }], mostKept);
        return kept;
      })
      .catch((thrown: unknown) => {
        const error = faultOf(thrown, name);
        putLast(this.#asked, [name, { at, error }], mostKept);
        throw error;
      })
      .finally(() => this.#underWay.delete(name));
    this.#underWay.set(name, asking);
    return asking;
  }
}

/** Whether a text can be a key: JSON, or PEM. The provider reads it. */
function isKey(text: string): boolean {
  const isPem = text.trimStart().startsWith("-----BEGIN PUBLIC KEY-----");
  return isPem || parseJson(Buffer.from(text, "utf8")) !== undefined;
}

/** The ids of a JWKS (RFC 7517); undefined where the text is none. */
function idsOf(text: string): ReadonlySet<string> | undefined {
  const set = parseJson(Buffer.from(text, "utf8")) as
    | { readonly keys?: unknown }
    | null
    | undefined;
  if (!Array.isArray(set?.keys)) return undefined;
  return new Set(
    set.keys.flatMap((key: { readonly kid?: unknown } | null) =>
      typeof key?.kid === "string" ? [key.kid] : [],
    ),
  );
}
