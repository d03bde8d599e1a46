/**
 * An access token that all instances share. It lies sealed in the store with its end; whoever finds it
 * near that end, missing or refused claims the right to take a new one by a compare-and-set on the same
 * value, so that one instance asks and the others use what it got. That matters twice: logins are
 * limited, and where refresh tokens are used once, a second request with the same one revokes them all.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import * as z from "zod";
import type { SealedValues } from "../core/define.ts";
import { GatewayError, messageOf } from "../core/errors.ts";
import type { Failed } from "./sending.ts";

/** A token, and when it is taken to end. */
export type Token = { readonly value: string; readonly expiresAt: number };

/** What a login gave. */
export type Taken =
  | { readonly kind: "token"; readonly token: Token; readonly refreshToken: string | undefined }
  | Failed;

/** A token that may be used, or why there is none. */
export type Held = { readonly kind: "token"; readonly token: Token } | Failed;

/** How a token is kept. */
export type AccessTokenOptions = {
  readonly values: SealedValues;
  readonly now: () => number;
  /** Tells apart what was taken with other settings: such a token isn't used. */
  readonly settings: () => string;
  /** Asks for a new one; a refresh token is the one that the last login gave. Never rejects. */
  readonly take: (refreshToken: string | undefined) => Promise<Taken>;
  /** How long `take` may last. */
  readonly takeMs: number;
  /** What to say where the kept value can't be read; undefined: it can be done without. */
  readonly unreadable: string | undefined;
  /** Shows a new one to others than this gateway. Never rejects. */
  readonly show?: ((token: Token) => Promise<void>) | undefined;
};

const stateSchema = z.object({
  settings: z.string(),
  token: z.object({ value: z.string(), expiresAt: z.number() }).optional(),
  refreshToken: z.string().optional(),
  claim: z.object({ id: z.string(), until: z.number() }).optional(),
});
type State = z.output<typeof stateSchema>;
type Kept = { readonly state: State; readonly version: number };

const valueName = "token";
/** A new one is taken this long before the end of the old one. */
const marginMs = 5 * 60_000;
/** A claim outlives the request by this, clocks that differ included. */
const claimMarginMs = 10_000;
const pollMs = 100;
/** A failed login isn't tried again for this long: a backlog must not lock the account. */
const restMs = 10_000;

/** The token of one destination. */
export class AccessToken {
  readonly #options: AccessTokenOptions;
  #token: Token | undefined;
  #refused: string | undefined;
  #pending: Promise<Held> | undefined;
  #failure: { readonly outcome: Failed; readonly until: number } | undefined;

  constructor(options: AccessTokenOptions) {
    this.#options = options;
  }

  /** A token to use; all who wait share one request. */
  async get(): Promise<Held> {
    for (;;) {
      if (this.#isFresh(this.#token)) return { kind: "token", token: this.#token };
      const resting = this.#resting();
      if (resting !== undefined) return resting;
      const held = await this.#obtain(false);
      if (held.kind === "failed" || held.token.value !== this.#refused) return held;
    }
  }

  /** The token was refused: it isn't used any more. */
  refuse(token: Token): void {
    this.#refused = token.value;
  }

  /** Takes a new one, whatever is kept. */
  async renew(): Promise<Held> {
    while (this.#pending !== undefined) await this.#pending;
    return this.#obtain(true);
  }

  /** Refuses to ask again for a while. */
  rest(outcome: Failed): void {
    this.#failure = { outcome, until: this.#options.now() + restMs };
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    await this.#pending;
  }

  #resting(): Held | undefined {
    const { now } = this.#options;
    if (this.#failure === undefined || now() >= this.#failure.until) return undefined;
    if (this.#isUsable(this.#token)) return { kind: "token", token: this.#token };
    const { outcome, until } = this.#failure;
    return { ...outcome, retryAfterMs: Math.max(outcome.retryAfterMs ?? 0, until - now()) };
  }

  #isUsable(token: Token | undefined): token is Token {
    if (token === undefined || token.value === this.#refused) return false;
    return token.expiresAt > this.#options.now();
  }

  #isFresh(token: Token | undefined): token is Token {
    return this.#isUsable(token) && token.expiresAt - marginMs > this.#options.now();
  }

  #obtain(isForced: boolean): Promise<Held> {
    this.#pending ??= this.#shareOrTake(isForced)
      .catch((error): Held => {
        const code = error instanceof GatewayError ? error.code : "INTERNAL";
        return { kind: "failed", code, detail: messageOf(error) };
      })
      .finally(() => {
        this.#pending = undefined;
      });
    return this.#pending;
  }

  async #shareOrTake(isForced: boolean): Promise<Held> {
    const { now, takeMs } = this.#options;
    // However far ahead the clock of who claimed it is.
    const patientUntil = now() + takeMs + claimMarginMs;
    for (;;) {
      const kept = await this.#read(isForced);
      if ("kind" in kept) return kept;
      const { state } = kept;
      this.#token = state.token;
      const isClaimed = this.#isClaimed(state) && now() < patientUntil;
      const shared = isForced ? undefined : this.#sharedToken(state, isClaimed);
      if (shared !== undefined) return { kind: "token", token: shared };
      if (isClaimed) await pause(pollMs);
      else {
        const claimed = await this.#claim(kept);
        if (claimed !== undefined) return this.#take(claimed, isForced);
      }
    }
  }

  /** While another instance takes a new one, the old one does to its end. */
  #sharedToken({ token }: State, isClaimed: boolean): Token | undefined {
    if (this.#isFresh(token)) return token;
    return isClaimed && this.#isUsable(token) ? token : undefined;
  }

  #isClaimed({ claim }: State): boolean {
    return claim !== undefined && claim.until > this.#options.now();
  }

  async #claim({ state, version }: Kept): Promise<State | undefined> {
    const { now, takeMs } = this.#options;
    const claim = { id: randomUUID(), until: now() + takeMs + claimMarginMs };
    const claimed = { ...state, claim };
    return (await this.#write(claimed, version)) ? claimed : undefined;
  }

  async #take(claimed: State, isForced: boolean): Promise<Held> {
    const taken = await this.#options.take(claimed.refreshToken);
    const { claim, ...before } = claimed;
    if (taken.kind === "failed") {
      this.rest(taken);
      await this.#release(before, claimed);
      // The old one may still do until the login works again.
      return !isForced && this.#isUsable(before.token)
        ? { kind: "token", token: before.token }
        : taken;
    }
    const { token, refreshToken = before.refreshToken } = taken;
    this.#failure = undefined;
    this.#token = token;
    // A login may give the same one again; it is as good as what it can give.
    if (this.#refused === token.value) this.#refused = undefined;
    await this.#release(
      { ...before, token, ...(refreshToken === undefined ? {} : { refreshToken }) },
      claimed,
    );
    await this.#options.show?.(token);
    return { kind: "token", token };
  }

  /** Writes what became of a claim, if it is still ours. */
  async #release(state: State, { claim }: State): Promise<void> {
    const kept = await this.#read(true);
    if ("kind" in kept || kept.state.claim?.id !== claim?.id) return;
    await this.#write(state, kept.version);
  }

  async #read(isForced: boolean): Promise<Kept | Failed> {
    const { values, settings, unreadable } = this.#options;
    const none = { settings: settings() };
    const kept = await values.get(valueName);
    if (kept === undefined) return { state: none, version: 0 };
    const { value, version } = kept;
    if (value === undefined) {
      return unreadable === undefined || isForced
        ? { state: none, version }
        : { kind: "failed", code: "TOKEN_UNAVAILABLE", detail: unreadable };
    }
    const state = stateSchema.parse(JSON.parse(value.toString()));
    return { state: state.settings === none.settings ? state : none, version };
  }

  #write(state: State, expected: number): Promise<boolean> {
    return this.#options.values.put(valueName, Buffer.from(JSON.stringify(state)), expected);
  }
}
