/**
 * The suite that every kind of destination passes. What is delivered to is real (a server on port 0, a
 * module in a folder); a kind's test says only how one is opened and where its deliveries arrive.
 */
import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { DestinationContext, DestinationKind, SealedValues } from "../core/define.ts";
import type { Event, OpenDestination, Parcel } from "../core/types.ts";

/** How what is delivered to behaves. */
export type Behaviour = "accepts" | "refuses" | "hangs";

/** A destination that is open, and what it delivers to. */
export type Opened = {
  readonly destination: OpenDestination;
  /** The next body that arrives. */
  readonly arrived: () => Promise<Buffer>;
  /** Ends what is delivered to. */
  readonly end: () => Promise<void>;
};

/** A kind under test. */
export type Subject = {
  readonly kind: DestinationKind;
  /** Which form of the kind it is, where there are several. */
  readonly form?: string;
  readonly open: (behaviour: Behaviour) => Promise<Opened>;
  /** The size of the large body, in bytes, where what is delivered to takes no more (default 3 MB). */
  readonly largeBody?: number;
  /** Reasons by the names of tests that this kind can't pass. */
  readonly skips?: Readonly<Record<string, string>>;
};

type Check = (opened: Opened) => Promise<void>;
type Test = (name: string, behaviour: Behaviour, check: Check) => void;

const event: Event = {
  id: "0197a1b2-0000-7000-8000-000000000001",
  requestId: "0197a1b2-0000-7000-8000-000000000002",
  source: "shop",
  provider: "hmac",
  type: "order.paid",
  providerEventId: "evt_1",
  occurredAt: 1_700_000_000_000,
  receivedAt: 1_700_000_001_000,
  assurance: "verified",
  secretName: "SIGNING_SECRET",
  validity: "valid",
  params: { tenant: "acme" },
  start: 0,
  end: 2,
  inDecoded: false,
};

/** A parcel, with what is given in place of its parts. */
export function parcelOf(given: Partial<Parcel> = {}): Parcel {
  return {
    deliveryId: "0197a1b2-0000-7000-8000-000000000003",
    attempt: 1,
    event,
    body: Buffer.from('{"id":1}'),
    headers: ["Content-Type", "application/json"],
    method: "POST",
    query: "",
    ...given,
  };
}

/** An event, with what is given in place of its parts. */
export function eventOf(given: Partial<Event>): Event {
  return { ...event, ...given };
}

/** A destination's context, with what is given in place of its parts. */
export function contextOf(given: Partial<DestinationContext> = {}): DestinationContext {
  return {
    name: "subject",
    timeoutMs: 30_000,
    concurrency: 10,
    secret: () => undefined,
    log: () => undefined,
    now: () => Date.now(),
    values: valuesInMemory(),
    publish: async () => undefined,
    listen: () => () => undefined,
    history: {
      event: async () => undefined,
      isKept: async () => false,
      newest: async () => ({ items: [], isWhole: true }),
    },
    configUrl: undefined,
    ...given,
  };
}

/** What destinations keep, in a process's memory: as long as what is tested is not the keeping. */
export function valuesInMemory(): SealedValues {
  const kept = new Map<string, { readonly value: Buffer; readonly version: number }>();
  return {
    get: async (name) => kept.get(name),
    put: async (name, value, expected) => {
      if ((kept.get(name)?.version ?? 0) !== expected) return false;
      kept.set(name, { value, version: expected + 1 });
      return true;
    },
  };
}

/** Values in the order in which they come, for those who wait for them. */
export function arrivals<T>(): {
  readonly add: (value: T) => void;
  readonly next: () => Promise<T>;
} {
  const values: T[] = [];
  const waiting: ((value: T) => void)[] = [];
  return {
    add: (value) => {
      const first = waiting.shift();
      if (first === undefined) values.push(value);
      else first(value);
    },
    next: () =>
      new Promise((resolve) => {
        const first = values.shift();
        if (first === undefined) waiting.push(resolve);
        else resolve(first);
      }),
  };
}

/** A signal that never fires. */
export function noSignal(): AbortSignal {
  return new AbortController().signal;
}

/** Registers the suite for one kind. */
export function destinationConformance(subject: Subject): void {
  const { kind, form, skips = {} } = subject;
  const known = new Set<string>();
  const test: Test = (name, behaviour, check) => {
    known.add(name);
    it(name, async (context) => {
      const reason = skips[name];
      if (reason !== undefined) return context.skip(reason);
      await opened(subject, behaviour, check);
    });
  };
  const title = form === undefined ? kind.name : `${kind.name} (${form})`;
  describe(`${title}: what every destination keeps to`, () => {
    describesItself(kind);
    delivers(test, subject.largeBody ?? 3_000_000);
    fails(test);
    closes(test);
    it("skips nothing that the suite does not have", () => {
      expect(Object.keys(skips).filter((name) => !known.has(name))).toEqual([]);
    });
  });
}

function describesItself(kind: DestinationKind): void {
  it("describes each of its settings", () => {
    const undescribed = Object.entries(kind.settings).filter(
      ([, schema]) => ((schema as { description?: string }).description ?? "") === "",
    );
    expect(undescribed).toEqual([]);
  });

  it("has a name, a title and a concurrency", () => {
    expect(kind.name).toMatch(/^[a-z][a-z0-9-]*$/);
    expect(kind.title).not.toBe("");
    expect(kind.concurrency).toBeGreaterThan(0);
  });
}

function delivers(test: Test, largeBody: number): void {
  const bodies = {
    "JSON with its spaces": Buffer.from('{ "a" : 1.0 }\n'),
    "bytes that are no text": Buffer.from([0, 255, 254, 13, 10, 0, 128, 192]),
    "nothing at all": Buffer.alloc(0),
    "a view of a larger buffer": Buffer.from("--middle--").subarray(2, 8),
    "a large body": randomBytes(largeBody),
  };

  for (const [name, body] of Object.entries(bodies)) {
    test(`delivers unchanged: ${name}`, "accepts", async ({ destination, arrived }) => {
      const sent = Buffer.from(body);
      const outcome = await destination.send(parcelOf({ body }), noSignal());
      expect(outcome).toMatchObject({ kind: "delivered" });
      expect((await arrived()).equals(sent)).toBe(true);
      expect(body.equals(sent)).toBe(true);
    });
  }

  test("delivers many at once", "accepts", async ({ destination }) => {
    const sends = Array.from({ length: 50 }, () => destination.send(parcelOf(), noSignal()));
    const kinds = (await Promise.all(sends)).map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(new Set(["delivered"]));
  });
}

function fails(test: Test): void {
  const refusal = "makes a refusal an outcome with a code and a detail";
  test(refusal, "refuses", async ({ destination }) => {
    const outcome = await destination.send(parcelOf(), noSignal());
    expect(outcome).toMatchObject({ kind: "failed", code: expect.any(String) });
    expect((outcome as { detail: string }).detail).not.toBe("");
  });

  test("ends an attempt when its signal does", "hangs", async ({ destination, arrived }) => {
    const stop = new AbortController();
    const outcome = destination.send(parcelOf(), stop.signal);
    await arrived();
    stop.abort(new DOMException("time is up", "TimeoutError"));
    expect(await outcome).toMatchObject({ kind: "failed", code: "DESTINATION_TIMEOUT" });
  });

  const before = "sends nothing when the signal has fired before";
  test(before, "accepts", async ({ destination, arrived }) => {
    const late = parcelOf({ body: Buffer.from("late") });
    expect((await destination.send(late, AbortSignal.abort())).kind).toBe("failed");
    await destination.send(parcelOf({ body: Buffer.from("next") }), noSignal());
    expect(String(await arrived())).toBe("next");
  });
}

function closes(test: Test): void {
  const underWay = "lets what is under way end before it is closed";
  test(underWay, "accepts", async ({ destination, arrived }) => {
    const outcome = destination.send(parcelOf(), noSignal());
    await arrived();
    await destination.close();
    expect((await outcome).kind).toBe("delivered");
  });

  test("fails what is sent after it is closed", "accepts", async ({ destination }) => {
    await destination.close();
    expect((await destination.send(parcelOf(), noSignal())).kind).toBe("failed");
  });
}

async function opened(subject: Subject, behaviour: Behaviour, body: Check): Promise<void> {
  const open = await subject.open(behaviour);
  try {
    await body(open);
  } finally {
    await open.destination.close();
    await open.end();
  }
}
