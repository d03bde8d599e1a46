import type { LiveListener, LiveWire } from "../core/live.ts";
import type { LiveBatch, LiveEvent, Saying, Topics } from "./websocket-events.ts";
import { answerFrame, everything, framesOf, readSaying, topicsOf } from "./websocket-events.ts";

/** A client that says more than this between two heartbeats is let go. */
const mostSayings = 100;
/** Ticks in which a client of the protocol may say where to resume, before live events go out to it. */
const openingTicks = 2;
/** Missed events are written in pieces of about this size, each when the one before is gone. */
const pieceBytes = 262_144;
const tooSlow = "too slow: resume by the last id";

/** An event that a client missed, and the deliveries by which it went out, or may just be going out. */
export type Missed = {
  readonly live: LiveEvent;
  readonly delivered: readonly string[];
  readonly underWay: readonly string[];
};

/** What a client is given. */
export type ClientOptions = {
  readonly wire: LiveWire;
  /** Speaks `surehook.v1`; else it gets bare payloads. */
  readonly isFramed: boolean;
  readonly bufferBytes: number;
  /** Wants what came after an event. */
  readonly onResume: (client: LiveClient, after: string) => void;
  /** Has been let go, for a reason of ours. */
  readonly onDropped: (client: LiveClient, reason: string) => void;
};

/**
 * One live client. What goes out while it may still resume, or is resuming, is held: so what it missed
 * comes first, and then what is live, without a gap and without a repeat.
 */
export class LiveClient {
  readonly #options: ClientOptions;
  #topics: Topics | "bare";
  #held: LiveEvent[] | undefined;
  #heldBytes = 0;
  #openingTicks = openingTicks;
  #isAlive = true;
  #isDropped = false;
  #sayings = 0;
  /** Deliveries that it got by resuming and that may yet go out live. */
  #ahead = new Set<string>();
  #isAheadOld = false;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#topics = options.isFramed ? everything : "bare";
    if (options.isFramed) this.#held = [];
  }

  /** What it hears from its wire, but for its end. */
  get listener(): Omit<LiveListener, "gone"> {
    return {
      said: (text) => this.#said(text),
      pulse: () => {
        this.#isAlive = true;
        this.#count();
      },
    };
  }

  /** Takes what goes out live. */
  take(batch: LiveBatch): void {
    if (this.#held) this.#hold(this.#held, batch.events);
    else if (this.#ahead.size > 0) this.#write(this.#fresh(batch.events));
    else this.#write(batch.frames(this.#topics));
  }

  /** Called each second; `isHeartbeat`: it must have been heard of since the last. */
  tick(isHeartbeat: boolean): void {
    const { wire } = this.#options;
    if (this.#held && this.#openingTicks > 0) {
      this.#openingTicks -= 1;
      if (this.#openingTicks === 0) this.#goLive();
    }
    if (!isHeartbeat || this.#isDropped) return;
    if (!this.#isAlive) {
      wire.cut();
      return;
    }
    this.#isAlive = false;
    this.#sayings = 0;
    // Whatever was under way when it resumed has gone out by the second heartbeat.
    if (this.#isAheadOld) this.#ahead.clear();
    this.#isAheadOld = true;
    wire.ping();
  }

  /** Sends what it missed, then what was held meanwhile. `undefined`: that can't be told any more. */
  async resume(after: string, missed: readonly Missed[] | undefined): Promise<void> {
    if (missed === undefined) {
      const detail = "not kept, or more has come since than can be resumed; live events follow";
      this.#answer({ error: "TOO_OLD", resume: after, detail });
      return this.#goLive();
    }
    this.#skip(missed);
    let events = 0;
    for (const piece of piecesOf(missed)) {
      const frames = framesOf(piece, this.#topics);
      events += frames.length;
      await new Promise<void>((done) => this.#write(frames, done));
    }
    this.#answer({ ok: "resume", events });
    this.#goLive();
  }

  /** What it missed doesn't go out live as well: neither what is held already, nor what is to come. */
  #skip(missed: readonly Missed[]): void {
    const delivered = new Set(missed.flatMap((one) => one.delivered));
    this.#held = this.#held?.filter(({ deliveryId }) => !delivered.has(deliveryId));
    this.#ahead = new Set(missed.flatMap(({ underWay }) => underWay));
    this.#isAheadOld = false;
  }

  /** Says goodbye. */
  close(code: number, reason: string): void {
    this.#isDropped = true;
    this.#held = undefined;
    this.#options.wire.close(code, reason);
  }

  #said(text: string | undefined): void {
    this.#isAlive = true;
    if (this.#isDropped || !this.#count() || !this.#options.isFramed) return;
    const saying = text === undefined ? undefined : readSaying(text);
    if (saying) this.#heed(saying);
    else
      this.#answer({ error: "NOT_UNDERSTOOD", detail: 'say {"subscribe":[…]} or {"resume":"…"}' });
  }

  #heed({ subscribe, resume }: Saying): void {
    const isOpening = this.#openingTicks > 0;
    this.#openingTicks = 0;
    if (subscribe !== undefined) {
      this.#topics = topicsOf(subscribe);
      this.#answer({ ok: "subscribe", types: subscribe });
    }
    if (resume === undefined) {
      if (isOpening) this.#goLive();
    } else if (isOpening) {
      this.#options.onResume(this, resume);
    } else {
      const detail = "resume is the first thing to say after connecting";
      this.#answer({ error: "TOO_LATE", resume, detail });
    }
  }

  #hold(held: LiveEvent[], events: readonly LiveEvent[]): void {
    held.push(...events);
    for (const { bytes } of events) this.#heldBytes += bytes;
    if (this.#heldBytes <= this.#options.bufferBytes) return;
    if (this.#openingTicks > 0) this.#goLive();
    else this.#drop(1013, tooSlow);
  }

  #goLive(): void {
    const held = this.#held;
    this.#held = undefined;
    this.#heldBytes = 0;
    this.#openingTicks = 0;
    if (held) this.#write(this.#fresh(held));
  }

  /** Frames of what it hasn't got by resuming. */
  #fresh(events: readonly LiveEvent[]): readonly Buffer[] {
    const fresh = events.filter(({ deliveryId }) => !this.#ahead.delete(deliveryId));
    return framesOf(fresh, this.#topics);
  }

  #answer(answer: Readonly<Record<string, unknown>>): void {
    this.#write([answerFrame(answer)]);
  }

  #write(frames: readonly Buffer[], done?: () => void): void {
    this.#dropIfSlow();
    if (frames.length === 0 || this.#isDropped) done?.();
    else this.#options.wire.write(frames, done);
  }

  /** Looked at before a write only: a large event may take its time, and who takes none of it answers no ping. */
  #dropIfSlow(): void {
    const { wire, bufferBytes } = this.#options;
    if (wire.waiting() > bufferBytes) this.#drop(1013, tooSlow);
  }

  #count(): boolean {
    this.#sayings += 1;
    if (this.#sayings > mostSayings) this.#drop(1008, "said too much");
    return this.#sayings <= mostSayings;
  }

  #drop(code: number, reason: string): void {
    if (this.#isDropped) return;
    this.close(code, reason);
    this.#options.onDropped(this, reason);
  }
}

function* piecesOf(missed: readonly Missed[]): Generator<readonly LiveEvent[]> {
  let piece: LiveEvent[] = [];
  let bytes = 0;
  for (const { live } of missed) {
    if (piece.length > 0 && bytes + live.bytes > pieceBytes) {
      yield piece;
      piece = [];
      bytes = 0;
    }
    piece.push(live);
    bytes += live.bytes;
  }
  if (piece.length > 0) yield piece;
}
