import { setImmediate as breathe } from "node:timers/promises";
import type { History } from "../core/history.ts";
import type { LiveClient, Missed } from "./websocket-client.ts";
import { LiveBatch, LiveEvent } from "./websocket-events.ts";

/** Clients that are written to before the event loop is given back: a few milliseconds. */
const stretchClients = 250;
/** Payloads of one batch, in bytes; an event that is larger goes alone. */
const batchBytes = 262_144;
/** Payloads that are read for those who resume, in bytes. */
export const resumeBytes = 16 * 1_048_576;
/** Deliveries remembered as gone out: more than can be under way. */
const mostGoneOut = 10_000;
const tickMs = 1_000;

/** What a hub is given. */
export type HubOptions = {
  readonly heartbeatSeconds: number;
  /** Missed events that can be resumed. */
  readonly resumeEvents: number;
  readonly history: History;
  readonly log: (text: string, fields?: Readonly<Record<string, unknown>>) => void;
};

type Waiting = { readonly live: LiveEvent; readonly gone: (clients: number) => void };
type Asking = { readonly client: LiveClient; readonly after: string };

/**
 * The clients of one instance, and what goes out to them. What comes while a batch goes out waits and
 * goes out together after it: with many clients or many events, a client then costs a write for each
 * batch and not for each event.
 */
export class LiveHub {
  readonly #options: HubOptions;
  /** By its heartbeat's second, so that not all are asked at once. */
  readonly #clients = new Map<LiveClient, number>();
  readonly #clock: NodeJS.Timeout;
  #ticks = 0;
  #waiting: Waiting[] = [];
  #isSending = false;
  /** Deliveries that have gone out, or are just going; their being delivered may not be kept yet. */
  readonly #goneOut = new Set<string>();
  #asking: Asking[] = [];
  #isReading = false;

  constructor(options: HubOptions) {
    this.#options = options;
    this.#clock = setInterval(() => this.#tick(), tickMs);
    // The server holds the process, where there is one.
    this.#clock.unref();
  }

  get size(): number {
    return this.#clients.size;
  }

  add(client: LiveClient): void {
    this.#clients.set(client, this.#clients.size % this.#options.heartbeatSeconds);
  }

  remove(client: LiveClient): void {
    this.#clients.delete(client);
  }

  /** Sends to all clients; resolves, with how many they are, when it has been written to each. */
  send(live: LiveEvent): Promise<number> {
    return new Promise((gone) => {
      this.#waiting.push({ live, gone });
      if (!this.#isSending) void this.#sendAll();
    });
  }

  /** Has a client sent what it missed. Those who ask meanwhile are served by one reading. */
  resume(client: LiveClient, after: string): void {
    this.#asking.push({ client, after });
    if (!this.#isReading) void this.#readAll();
  }

  /** Says goodbye to all. */
  close(code: number, reason: string): void {
    clearInterval(this.#clock);
    for (const client of this.#clients.keys()) client.close(code, reason);
    this.#clients.clear();
  }

  async #sendAll(): Promise<void> {
    this.#isSending = true;
    // What is sent in the same turn of the event loop goes together.
    await breathe();
    while (this.#waiting.length > 0) {
      const taken = this.#takeBatch();
      const batch = new LiveBatch(taken.map(({ live }) => live));
      for (const { live } of taken) this.#remember(live.deliveryId);
      // Who comes from now on finds it among what has gone out.
      const clients = [...this.#clients.keys()];
      for (const [at, client] of clients.entries()) {
        client.take(batch);
        if (at % stretchClients === stretchClients - 1) await breathe();
      }
      for (const { gone } of taken) gone(clients.length);
    }
    this.#isSending = false;
  }

  #takeBatch(): Waiting[] {
    let bytes = 0;
    const end = this.#waiting.findIndex(({ live }, at) => {
      bytes += live.bytes;
      return at > 0 && bytes > batchBytes;
    });
    return this.#waiting.splice(0, end < 0 ? this.#waiting.length : end);
  }

  #remember(deliveryId: string): void {
    this.#goneOut.add(deliveryId);
    if (this.#goneOut.size <= mostGoneOut) return;
    for (const oldest of this.#goneOut) {
      this.#goneOut.delete(oldest);
      return;
    }
  }

  async #readAll(): Promise<void> {
    this.#isReading = true;
    while (this.#asking.length > 0) {
      const asked = this.#asking;
      this.#asking = [];
      await this.#serve(asked).catch((error: unknown) => {
        this.#options.log("could not read what live clients missed", { error: String(error) });
        for (const { client } of asked) {
          this.remove(client);
          client.close(1013, "what was missed can't be read now: resume again");
        }
      });
    }
    this.#isReading = false;
  }

  async #serve(asked: readonly Asking[]): Promise<void> {
    const known: Asking[] = [];
    for (const [at, one] of asked.entries()) {
      if (await this.#options.history.isKept(one.after)) known.push(one);
      else void one.client.resume(one.after, undefined);
      if (at % stretchClients === stretchClients - 1) await breathe();
    }
    const oldest = known.map(({ after }) => after).toSorted()[0];
    if (oldest === undefined) return;
    const { missed, reach } = await this.#missedSince(oldest);
    for (const [at, { client, after }] of known.entries()) {
      const from = missed.findIndex(({ live }) => live.event.id > after);
      const own = from < 0 ? [] : missed.slice(from);
      // Each at its own pace.
      void client.resume(after, after >= reach ? own : undefined);
      if (at % stretchClients === stretchClients - 1) await breathe();
    }
  }

  /** In the order of ids, and from which id on that is all. */
  async #missedSince(
    after: string,
  ): Promise<{ readonly missed: readonly Missed[]; readonly reach: string }> {
    const bounds = { events: this.#options.resumeEvents, bytes: resumeBytes };
    const { items, isWhole } = await this.#options.history.newest(after, bounds);
    // What has not gone out yet will reach them live.
    const past = items.filter(
      (one) => one.delivered.length > 0 || one.underWay.some((id) => this.#goneOut.has(id)),
    );
    return {
      missed: past.map((one) => ({ ...one, live: new LiveEvent("", one) })),
      reach: isWhole ? "" : (items[0]?.event.id ?? "\u{10FFFF}"),
    };
  }

  #tick(): void {
    this.#ticks += 1;
    const turn = this.#ticks % this.#options.heartbeatSeconds;
    for (const [client, own] of this.#clients) client.tick(own === turn);
  }
}
