/**
 * Kills the gateway under load, again and again, and then holds its store and a sink against the
 * sender's own account: what was answered 2xx is there, once, byte for byte, and was delivered.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import {
  freePort,
  type GatewayProcess,
  scratch,
  startGateway,
  writeConfig,
} from "../support/gateway-process.ts";
import { allEvents, beside, bytesOfEvent } from "../support/kept.ts";
import { type Arrival, forwardSecret, openSink, type Sink, sha256 } from "../support/sink.ts";
import { stripeSecret } from "../support/stripe-events.ts";
import { until, within } from "../support/until.ts";
import type { LedgerLine } from "./poster.ts";

/** What an event takes in the ledger. */
const ledgerLineBytes = 240;
/** Lines of the ledger for each round, at the least. */
const fewestPerRound = 20;

/** What is run. */
export type RoundsOptions = {
  readonly rounds: number;
  readonly connections?: number;
  /** The most that the sender posts. */
  readonly perSecond?: number;
  /** The most events between two kills. */
  readonly perRound?: number;
  readonly largestBytes?: number;
  readonly say?: (text: string) => void;
};

/** What was found. Every list is empty when nothing was lost. */
export type RoundsReport = {
  readonly rounds: number;
  readonly posted: number;
  readonly answered: number;
  /** Answered after a try that got no answer, or a 503. */
  readonly answeredLater: number;
  readonly stored: number;
  /** Stored, though the sender never heard of it: the gateway was killed between commit and answer. */
  readonly storedUnanswered: number;
  readonly duplicateReceipts: number;
  readonly arrivals: number;
  readonly arrivedMoreThanOnce: number;
  readonly lost: readonly string[];
  readonly storedTwice: readonly string[];
  readonly changed: readonly string[];
  readonly undelivered: readonly string[];
  readonly otherId: readonly string[];
  readonly unexplained: readonly string[];
  readonly faults: readonly string[];
};

/** Runs the rounds and reports. */
export async function crashRounds(options: RoundsOptions): Promise<RoundsReport> {
  const folder = scratch("crash");
  const sink = await openSink({ keepsBodies: false });
  const store = join(folder.path, "store.db");
  const ledger = join(folder.path, "ledger.jsonl");
  const start = startAgain({ folder: folder.path, store, port: await freePort(), sink });
  const children: { kill: (signal: NodeJS.Signals) => unknown }[] = [];
  try {
    let gateway = await start();
    const sender = startPoster(gateway.port, ledger, options);
    children.push(sender.child);
    for (let round = 1; round <= options.rounds; round += 1) {
      await randomMoment(ledger, options.perRound ?? 500);
      await gateway.kill();
      gateway = await start();
      children.splice(1, 1, gateway.child);
      options.say?.(`round ${round} of ${options.rounds}: killed, and back`);
    }
    // However early the kills came, there is something to look at.
    const enough = options.rounds * fewestPerRound * ledgerLineBytes;
    await until("posts enough to judge by", () => sizeOf(ledger) >= enough, 60_000);
    await sender.stop();
    await untilDelivered(store);
    await gateway.stop();
    return await compare({ rounds: options.rounds, store, ledger, sink });
  } finally {
    for (const child of children) child.kill("SIGKILL");
    await sink.close();
    folder.remove();
  }
}

/**
 * A random moment under load: when the ledger has grown by a random amount, which on a slow machine
 * takes longer, and a random part of a second later. Some come before the first answer of a round.
 */
async function randomMoment(ledger: string, perRound: number): Promise<void> {
  const enough = sizeOf(ledger) + Math.max(0, Math.random() - 0.1) * perRound * ledgerLineBytes;
  await until("posts under load", () => sizeOf(ledger) >= enough, 30_000);
  await pause(Math.random() * 100);
}

function sizeOf(ledger: string): number {
  return statSync(ledger, { throwIfNoEntry: false })?.size ?? 0;
}

function startAgain(place: {
  readonly folder: string;
  readonly store: string;
  readonly port: number;
  readonly sink: Sink;
}): () => Promise<GatewayProcess> {
  const config = writeConfig(
    place.folder,
    `{
  server: { host: "127.0.0.1" },
  sources: { stripe: stripe({ path: "/webhooks/stripe", secrets: [secret("STRIPE_WEBHOOK_SECRET")] }) },
  destinations: {
    sink: http({ url: ${JSON.stringify(place.sink.url)}, secrets: [secret("FORWARD_SECRET")], allowPrivate: true, concurrency: 16 }),
  },
  routes: [{ to: "sink" }],
}`,
  );
  const env = { STRIPE_WEBHOOK_SECRET: stripeSecret, FORWARD_SECRET: forwardSecret };
  return () => startGateway({ config, store: place.store, port: place.port, env });
}

function startPoster(port: number, ledger: string, options: RoundsOptions) {
  const { connections = 16, perSecond = 1_000, largestBytes = 3_072 } = options;
  const script = fileURLToPath(new URL("./poster.ts", import.meta.url));
  const words = [script, port, ledger, connections, perSecond, largestBytes].map(String);
  const child = spawn(process.execPath, words, { stdio: ["pipe", "ignore", "inherit"] });
  const exited = once(child, "exit");
  return {
    child,
    stop: async () => {
      child.stdin.end();
      const [code] = await within("the sender's end", exited);
      if (code !== 0) throw new Error(`The sender ended with ${code}.`);
    },
  };
}

async function untilDelivered(store: string): Promise<void> {
  await beside(store, (engine) =>
    until(
      "the last delivery",
      async () => {
        const { deliveries } = await engine.counts();
        return deliveries.ready + deliveries.leased === 0;
      },
      120_000,
    ),
  );
}

type Entry = { readonly sha256: string; jobId?: string; tries: number };

function readLedger(file: string): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const text of readFileSync(file, "utf8").split("\n")) {
    if (text === "") continue;
    const line = JSON.parse(text) as LedgerLine;
    if (line.kind === "posted") entries.set(line.id, { sha256: line.sha256, tries: 0 });
    const entry = entries.get(line.id);
    if (line.kind === "answered" && entry) {
      entry.jobId = line.jobId;
      entry.tries = line.tries;
    }
  }
  return entries;
}

type Found = { readonly eventId: string; readonly sha256: string };

/** Every event of the store by the sender's id; more than one under an id is what must not be. */
async function readStore(store: string): Promise<Map<string, Found[]>> {
  return await beside(store, async (engine) => {
    const found = new Map<string, Found[]>();
    for (const event of await allEvents(engine)) {
      const id = event.providerEventId ?? "";
      const entry = { eventId: event.id, sha256: sha256(await bytesOfEvent(engine, event)) };
      found.set(id, [...(found.get(id) ?? []), entry]);
    }
    return found;
  });
}

async function compare(at: {
  readonly rounds: number;
  readonly store: string;
  readonly ledger: string;
  readonly sink: Sink;
}): Promise<RoundsReport> {
  const entries = readLedger(at.ledger);
  const found = await readStore(at.store);
  const arrived = Map.groupBy(at.sink.arrivals, ({ eventId }) => eventId);
  const answered = [...entries].filter(([, { jobId }]) => jobId !== undefined);
  const ids = answered.map(([id]) => id);
  const first = (id: string) => found.get(id)?.[0];
  return {
    rounds: at.rounds,
    posted: entries.size,
    answered: answered.length,
    answeredLater: answered.filter(([, { tries }]) => tries > 1).length,
    stored: [...found.values()].flat().length,
    storedUnanswered: [...found.keys()].filter((id) => !entries.get(id)?.jobId).length,
    duplicateReceipts: receipts(at.store),
    arrivals: at.sink.arrivals.length,
    arrivedMoreThanOnce: [...arrived.values()].filter((list) => list.length > 1).length,
    lost: ids.filter((id) => !found.has(id)),
    storedTwice: [...found].filter(([, list]) => list.length > 1).map(([id]) => id),
    changed: [...found]
      .filter(([id, [one]]) => entries.get(id)?.sha256 !== one?.sha256)
      .map(([id]) => id),
    undelivered: [...found.keys()].filter((id) => !arrivedIntact(arrived, first(id))),
    // An answer whose body was cut off by the kill has no id; any other names the event that is kept.
    otherId: answered
      .filter(([id, { jobId }]) => jobId !== "" && first(id)?.eventId !== jobId)
      .map(([id]) => id),
    unexplained: unexplained({ entries, found, arrived }),
    faults: [...at.sink.faults, ...integrityOf(at.store)],
  };
}

function arrivedIntact(
  arrived: ReadonlyMap<string, readonly Arrival[]>,
  event: Found | undefined,
): boolean {
  const list = (event && arrived.get(event.eventId)) ?? [];
  return list.length > 0 && list.every((one) => one.sha256 === event?.sha256);
}

/** Events that nobody posted, and arrivals of events that aren't kept. */
function unexplained(sides: {
  readonly entries: ReadonlyMap<string, Entry>;
  readonly found: ReadonlyMap<string, readonly Found[]>;
  readonly arrived: ReadonlyMap<string, unknown>;
}): string[] {
  const kept = new Set([...sides.found.values()].flat().map(({ eventId }) => eventId));
  return [
    ...[...sides.found.keys()].filter((id) => !sides.entries.has(id)),
    ...[...sides.arrived.keys()].filter((id) => !kept.has(id)),
  ];
}

function receipts(store: string): number {
  return query(store, "SELECT count(*) AS n FROM requests WHERE outcome = 'duplicate'") as number;
}

/** SQLite's own judgement of the file after all that. */
function integrityOf(store: string): string[] {
  const verdict = query(store, "SELECT integrity_check AS n FROM pragma_integrity_check LIMIT 1");
  return verdict === "ok" ? [] : [`integrity_check: ${verdict}`];
}

function query(store: string, sql: string): unknown {
  const db = new DatabaseSync(store, { readOnly: true });
  try {
    return db.prepare(sql).get()?.["n"];
  } finally {
    db.close();
  }
}
