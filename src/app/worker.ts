/**
 * Delivery on one machine: a loop for each destination, so that a slow or dead one never delays
 * another. All that a loop holds in memory is leased in the store, and comes back when it is lost.
 */
import { deliver } from "../core/deliver.ts";
import type { Claim, Engine, Settlement } from "../core/engine.ts";
import { GatewayError, messageOf } from "../core/errors.ts";
import type { Forming } from "../core/form.ts";
import type { LiveDoor } from "../core/live.ts";
import type { Log } from "../core/log.ts";
import type { Destination, Gateway } from "../core/settings.ts";
import type { OpenDestination, Outcome, Parcel } from "../core/types.ts";
import { decodeBody, decodeItems, largestDecoded } from "../http/body.ts";
import { Settler } from "./settling.ts";

/** A lease outlives the attempt's timeout by this, so that two attempts never overlap. */
const leaseMarginMs = 30_000;
/** How soon writes of another process (replay, resume, release) are seen. */
const pollMs = 500;
const rescueMs = 10_000;
const claimBytes = 16 * 1_048_576;

/** What a loop is given. */
export type LoopOptions = {
  readonly engine: Engine;
  readonly destination: Destination;
  readonly open: OpenDestination;
  readonly log: Log;
  readonly now: () => number;
  readonly random: () => number;
  readonly forming: Forming | undefined;
  /** Called when a delivery has died and that is on disk. */
  readonly onDead: (deliveryId: string) => void;
};

/** Claims, delivers and settles for one destination until it is stopped. */
export class DeliveryLoop {
  readonly #options: LoopOptions;
  readonly #limit: number;
  readonly #leaseMs: number;
  readonly #stopping = new AbortController();
  readonly #settler: Settler;
  #waiting: Claim[] = [];
  #inFlight = 0;
  #claiming: Promise<void> | undefined;
  /** Something may be due that hasn't been claimed. */
  #isOwed = true;
  #timer: NodeJS.Timeout | undefined;
  #idle: (() => void) | undefined;

  constructor(options: LoopOptions) {
    this.#options = options;
    const { concurrency, timeoutMs } = options.destination.pacing;
    this.#limit = concurrency * 2;
    this.#leaseMs = leaseFor(timeoutMs);
    this.#settler = new Settler({
      ...options,
      destination: options.destination.name,
      mostWaiting: this.#limit,
      onRecorded: (settlement) => this.#recorded(settlement),
    });
  }

  /** Where the destination's live clients come in. */
  get door(): LiveDoor | undefined {
    return this.#options.open.live;
  }

  /** Something is owed: look at once. */
  wake(): void {
    this.#isOwed = true;
    this.#pump();
  }

  /** Looks when the next delivery is due; called again and again, since other processes write too. */
  async poll(): Promise<void> {
    const { engine, destination, now } = this.#options;
    if (this.#isOwed || this.#waiting.length > 0) return this.#pump();
    const due = await engine.nextDue(destination.name);
    if (due === undefined) return;
    const wait = due - now();
    if (wait <= 0) return this.wake();
    if (wait > pollMs || this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.wake();
    }, wait);
  }

  /** Starts nothing more and lets attempts end, at most for `drainMs`; then breaks them off. */
  async stop(drainMs: number): Promise<void> {
    clearTimeout(this.#timer);
    this.#isOwed = false;
    const drained = new Promise<void>((resolve) => {
      this.#idle = resolve;
      if (this.#inFlight === 0) resolve();
    });
    this.#handBackWaiting();
    const late = setTimeout(() => this.#stopping.abort(), drainMs);
    await drained;
    clearTimeout(late);
    await this.#claiming;
    await this.#settler.stop();
    await this.#options.open.close();
  }

  #pump(): void {
    const { concurrency } = this.#options.destination.pacing;
    while (this.#inFlight < concurrency) {
      const claim = this.#waiting.shift();
      if (claim === undefined) break;
      this.#start(claim);
    }
    const isLow = this.#waiting.length < concurrency / 2;
    if (this.#isOwed && isLow && this.#claiming === undefined) this.#claiming = this.#claim();
  }

  async #claim(): Promise<void> {
    const { engine, destination, log } = this.#options;
    this.#isOwed = false;
    const limit = this.#limit - this.#waiting.length;
    try {
      const wish = { limit, maxBytes: claimBytes, leaseMs: this.#leaseMs };
      const claims = await engine.claim(destination.name, wish);
      this.#waiting.push(...claims);
      if (claims.length > 0) this.#isOwed = !this.#idle;
    } catch (error) {
      log.error({ destination: destination.name, error: messageOf(error) }, "could not claim");
    }
    this.#claiming = undefined;
    if (this.#idle) this.#handBackWaiting();
    else this.#pump();
  }

  #start(claim: Claim): void {
    const { destination, now } = this.#options;
    const { timeoutMs } = destination.pacing;
    // Waited too long here: the lease might end before the attempt does. It comes again.
    if (claim.leasedUntil - now() < timeoutMs + leaseMarginMs / 2) {
      this.#handBack(claim, "it waited too long for its turn");
      return;
    }
    this.#inFlight += 1;
    void this.#attempt(claim).finally(() => {
      this.#inFlight -= 1;
      if (this.#idle && this.#inFlight === 0) this.#idle();
      else if (!this.#idle) this.#pump();
    });
  }

  async #attempt(claim: Claim): Promise<void> {
    const { destination, open, now, random, forming } = this.#options;
    const { retry, timeoutMs } = destination.pacing;
    const attempt = new AbortController();
    const abort = () => attempt.abort();
    // By this reason a destination tells a timeout from a stop.
    const late = () =>
      attempt.abort(new DOMException("The attempt took too long.", "TimeoutError"));
    const timer = setTimeout(late, timeoutMs);
    this.#stopping.signal.addEventListener("abort", abort);
    try {
      const { signal } = attempt;
      const context = { open, retry, signal, now, random, decode, forming };
      const settlement = await deliver(claim, context);
      // Broken off by a stop: nothing is recorded; the lease ends and it comes again.
      if (this.#stopping.signal.aborted) return;
      // The slot is free while the settlement is on its way to the disk.
      this.#settler.settle(settlement, claim.leasedUntil);
    } finally {
      clearTimeout(timer);
      this.#stopping.signal.removeEventListener("abort", abort);
    }
  }

  /** What was claimed and never sent costs no attempt. */
  #handBackWaiting(): void {
    for (const claim of this.#waiting.splice(0)) this.#handBack(claim, "the gateway stopped");
  }

  #handBack(claim: Claim, reason: string): void {
    const at = this.#options.now();
    const outcome: Outcome = { kind: "interrupted", reason };
    const transition = { state: "ready" } as const;
    const settlement = { claim, transition, outcome, startedAt: at, endedAt: at };
    this.#settler.settle(settlement, claim.leasedUntil);
  }

  #recorded({ claim, outcome, transition }: Settlement): void {
    if (transition.state === "dead") this.#options.onDead(claim.deliveryId);
    else if (outcome.kind === "interrupted" && !this.#idle) this.wake();
  }
}

/** What the items of a parcel's batch are ranges of. It was within its source's limit when it was accepted. */
export function decode(parcel: Parcel): Buffer {
  return decodeItems(parcel, largestDecoded);
}

/** Decodes for forms, within the limit of the event's source. Throws BODY_TOO_LARGE. */
export function decoderFor({ sources }: Pick<Gateway, "sources">): (parcel: Parcel) => Buffer {
  const limits = new Map(sources.map(({ name, maxBodyBytes }) => [name, maxBodyBytes]));
  return (parcel) => decodeBody(parcel, limits.get(parcel.event.source) ?? largestDecoded);
}

/** The lease for a timeout. Waiting in the loop is inside it. */
function leaseFor(timeoutMs: number): number {
  const leaseMs = timeoutMs * 2 + leaseMarginMs * 2;
  if (leaseMs < timeoutMs + leaseMarginMs) {
    throw new GatewayError("CONFIG_INVALID", `A timeout of ${timeoutMs} ms is too long to lease.`);
  }
  return leaseMs;
}

/** All loops of a gateway, and the clockwork that they share. */
export class Deliverer {
  readonly #loops: ReadonlyMap<string, DeliveryLoop>;
  readonly #timers: readonly NodeJS.Timeout[];
  readonly #onStopped: () => Promise<void>;

  /** `onStopped` closes what the loops' attempts share. */
  constructor(
    loops: ReadonlyMap<string, DeliveryLoop>,
    shared: { readonly engine: Engine; readonly log: Log; readonly onStopped: () => Promise<void> },
  ) {
    this.#loops = loops;
    const { engine, log, onStopped } = shared;
    this.#onStopped = onStopped;
    const report = (error: unknown) =>
      log.error({ error: messageOf(error) }, "delivery poll failed");
    this.#timers = [
      setInterval(() => {
        for (const loop of loops.values()) loop.poll().catch(report);
      }, pollMs),
      setInterval(() => {
        engine.rescue().catch(report);
      }, rescueMs),
    ];
    for (const loop of loops.values()) loop.wake();
  }

  /** Where live clients come in. */
  get doors(): readonly LiveDoor[] {
    return [...this.#loops.values()].flatMap(({ door }) => door ?? []);
  }

  /** Wakes the loops of destinations that something is owed to. */
  wake(destinations: readonly string[]): void {
    for (const name of destinations) this.#loops.get(name)?.wake();
  }

  /** Stops all loops, each draining for itself. */
  async stop(drainMs: number): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.all([...this.#loops.values()].map((loop) => loop.stop(drainMs)));
    await this.#onStopped();
  }
}
