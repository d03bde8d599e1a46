/**
 * Follows a store by reading its newest rows about twice a second: it may be another process that
 * writes, and an engine's own notices reach only its listeners. What is new is told by remembering
 * what was seen, since an event that is released or comes late may stand below the newest.
 */
import { setTimeout as wait } from "node:timers/promises";
import type { Looker } from "../../app/open-engine.ts";
import type { Reading } from "../../core/engine.ts";
import { isFinal } from "../../core/lifecycle.ts";
import type { Delivery, Event } from "../../core/types.ts";
import { printable } from "./printable.ts";
import type { Shell } from "./shell.ts";
import type { Tone } from "./terminal.ts";
import { localTime } from "./time.ts";

const pollMs = 500;
const pageRows = 200;
/** Rows that one look goes back at most; more came between two looks than anyone reads. */
const mostRows = 5_000;
const remembered = 20_000;
/** Waiting deliveries that fell out of the newest rows are asked for one by one, so many a look. */
const mostAsked = 200;

type Following = {
  readonly look: Looker["look"];
  readonly isWanted: (event: Event) => boolean;
  readonly json: boolean;
};

/** Prints new events and settled deliveries until SIGINT or SIGTERM. */
export async function follow(shell: Shell, following: Following): Promise<void> {
  const ending = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => ending.abort());
  const events = new Map<string, Event>();
  const deliveries = new Map<string, number | "final">();
  await following.look(async (store) => {
    await newEvents(store, events);
    await settled(store, deliveries);
  });
  shell.hint("Waiting for events; Ctrl+C ends this.");
  while (!ending.signal.aborted) {
    await wait(pollMs, undefined, { signal: ending.signal }).catch(() => undefined);
    await following.look((store) => tell(shell, following, { store, events, deliveries }));
  }
}

type Seen = {
  readonly events: Map<string, Event>;
  /** Attempts made so far, of each delivery seen. */
  readonly deliveries: Map<string, number | "final">;
};

async function tell(
  shell: Shell,
  { isWanted, json }: Following,
  { store, ...seen }: Seen & { readonly store: Reading },
): Promise<void> {
  for (const event of await newEvents(store, seen.events)) {
    if (!isWanted(event)) continue;
    if (json) shell.json({ event }, { compact: true });
    else shell.say(eventLine(shell, event));
  }
  for (const delivery of await settled(store, seen.deliveries)) {
    const event = seen.events.get(delivery.eventId) ?? (await store.event(delivery.eventId));
    if (event === undefined || !isWanted(event)) continue;
    if (json) shell.json({ delivery }, { compact: true });
    else shell.say(deliveryLine(shell, delivery, event));
  }
}

/** Events not seen before, oldest first. */
async function newEvents(store: Reading, seen: Map<string, Event>): Promise<Event[]> {
  const isFirstLook = seen.size === 0;
  const fresh: Event[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.events({}, { limit: pageRows, ...(cursor ? { cursor } : {}) });
    const unseen = page.items.filter(({ id }) => !seen.has(id));
    for (const event of unseen) seen.set(event.id, event);
    fresh.push(...unseen);
    const isBeyond = unseen.length < page.items.length || isFirstLook;
    cursor = isBeyond || fresh.length >= mostRows ? undefined : page.next;
  } while (cursor !== undefined);
  forgetOldest(seen);
  return fresh.reverse();
}

/** Deliveries of which an attempt ended since the last look. */
async function settled(store: Reading, seen: Seen["deliveries"]): Promise<Delivery[]> {
  const { items } = await store.deliveries({}, { limit: pageRows * 5 });
  const inPage = new Set(items.map(({ id }) => id));
  const others = [...seen]
    .filter(([id, state]) => state !== "final" && !inPage.has(id))
    .slice(0, mostAsked);
  const asked = await Promise.all(others.map(([id]) => store.delivery(id)));
  const changed: Delivery[] = [];
  for (const delivery of [...items.toReversed(), ...asked]) {
    if (delivery === undefined || delivery.state === "leased") continue;
    const now = isFinal(delivery.state) ? "final" : delivery.attempts;
    const before = seen.get(delivery.id) ?? 0;
    seen.delete(delivery.id);
    seen.set(delivery.id, now);
    if (before !== now) changed.push(delivery);
  }
  forgetOldest(seen);
  return changed;
}

function forgetOldest(seen: Map<string, unknown>): void {
  for (const id of seen.keys()) {
    if (seen.size <= remembered) return;
    seen.delete(id);
  }
}

function eventLine({ terminal }: Shell, event: Event): string {
  const { id, receivedAt, source, type } = event;
  const time = terminal.paint("faint", clock(receivedAt));
  const note = event.validity === "invalid" ? terminal.paint("warn", " invalid") : "";
  return `${time} ${id} ${printable(source)} ${terminal.paint("strong", printable(type))}${note}`;
}

const tones: Partial<Record<Delivery["state"], Tone>> = { delivered: "good", dead: "bad" };

function deliveryLine({ terminal }: Shell, delivery: Delivery, event: Event): string {
  const { destination, state, attempts, settledAt, dueAt, reason } = delivery;
  const time = terminal.paint("faint", clock(settledAt ?? Date.now()));
  const what = state === "ready" ? `failed, again at ${clock(dueAt)}` : state;
  const tail = [attempts > 1 ? `try ${attempts}` : "", reason ?? ""].filter((part) => part !== "");
  const extra = tail.length === 0 ? "" : ` (${printable(tail.join(", "))})`;
  const painted = terminal.paint(tones[state] ?? "warn", what);
  return `${time} ${event.id} → ${printable(destination)} ${painted}${extra}`;
}

/** Local time of day; the day and offset are known to who watches. */
function clock(ms: number): string {
  return localTime(ms).slice(11, 19);
}
