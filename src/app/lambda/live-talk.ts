/**
 * What live clients of `surehook.v1` say over a WebSocket API, and the answers. No process holds a client there: what it
 * is at stands in the table of who is connected, where the broadcaster holds events for who resumes.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { History, KeptEvent } from "../../core/history.ts";
import { headOf, readSaying, type Saying, topicsOf } from "../../destinations/websocket-events.ts";
import { idsFrom, madeAt } from "../../kit/ids.ts";
import type { ClientWires, ConnectedClient, ConnectedClients } from "../../net/aws/live.ts";
import { frameOf } from "./live-frame.ts";

/** Things that a client may say; each is a call of the function. */
const mostSayings = 1_000;
const longestSaying = 4_096;
/** The index by which the past is listed follows the table; what is older than this is in it. */
const indexLagMs = 1_500;
/** Deliveries run side by side, so that events overtake one another: what is as new as this may have come later. */
const overtakenMs = 10_000;
/** Kept back for the end of a function. */
const reserveMs = 4_000;

/** What talking needs. */
export type TalkOptions = {
  readonly clients: ConnectedClients;
  readonly wires: ClientWires;
  /** The past of the destination; opened when the first client resumes. */
  readonly past: () => Promise<History>;
  readonly bounds: { readonly events: number; readonly bytes: number };
};

/** One thing that a client says; `endsAt`: when the function ends, in milliseconds since 1970. */
export type Said = {
  readonly connectionId: string;
  readonly text: string;
  readonly endsAt: number;
};

type Heard = TalkOptions & { readonly client: ConnectedClient; readonly endsAt: number };

/** Heeds what a client says. Who can't be served is cut off, and comes again by its last id. */
export async function heed(options: TalkOptions, said: Said): Promise<void> {
  const { clients, wires } = options;
  const { connectionId, text, endsAt } = said;
  const client = await clients.hear(connectionId);
  if (client === undefined) return;
  if (client.said > mostSayings || text.length > longestSaying) return wires.cut(connectionId);
  if (client.state === "bare") return;
  const saying = readSaying(text);
  const heard = { ...options, client, endsAt };
  if (saying !== undefined) return await answerTo(heard, saying);
  const detail = 'say {"subscribe":[…]} or {"resume":"…"}';
  await answer(heard, { error: "NOT_UNDERSTOOD", detail });
}

async function answerTo(heard: Heard, { subscribe, resume }: Saying): Promise<void> {
  const { clients, wires, client, endsAt } = heard;
  const { connectionId } = client;
  if (subscribe !== undefined) {
    await clients.subscribe(connectionId, subscribe);
    await answer(heard, { ok: "subscribe", types: subscribe });
  }
  if (resume === undefined) {
    await clients.leaveOpening(connectionId);
  } else if (await clients.leaveOpening(connectionId, endsAt)) {
    const types = subscribe ?? client.types;
    await bringUp({ ...heard, client: { ...client, types } }, resume).catch(async (error) => {
      await wires.cut(connectionId);
      throw error;
    });
  } else {
    const detail = "resume is the first thing to say after connecting";
    await answer(heard, { error: "TOO_LATE", resume, detail });
  }
}

/** Sends what a client missed, then what was held meanwhile, and has it live. */
async function bringUp(heard: Heard, after: string): Promise<void> {
  const history = await heard.past();
  const missed = await missedSince(history, heard, after);
  const sent = new Set<string>();
  if (missed === undefined) {
    const detail = "not kept, or more has come since than can be resumed; live events follow";
    await answer(heard, { error: "TOO_OLD", resume: after, detail });
  } else {
    if (!(await sendThese(heard, missed, sent))) return;
    await answer(heard, { ok: "resume", events: sent.size });
  }
  await goLive(heard, history, sent);
}

/** Undefined: that can't be told any more. */
async function missedSince(
  history: History,
  { bounds }: Heard,
  after: string,
): Promise<readonly KeptEvent[] | undefined> {
  if (!(await history.isKept(after))) return undefined;
  await pause(indexLagMs);
  const { items, isWhole } = await history.newest(idsFrom(madeAt(after) - overtakenMs), bounds);
  if (!isWhole && (items[0] === undefined || items[0].event.id > after)) return undefined;
  return items.filter(({ event }) => event.id !== after);
}

/** Sends those that are wanted, one after another; false where the client or the time is gone. */
async function sendThese(
  { client, clients, wires, endsAt }: Heard,
  events: readonly KeptEvent[],
  sent: Set<string>,
): Promise<boolean> {
  const { connectionId, types } = client;
  const topics = topicsOf(types ?? ["*"]);
  for (const { event, body } of events) {
    if (sent.has(event.id) || !topics.fits(event.type)) continue;
    if (Date.now() > endsAt - reserveMs) {
      await wires.cut(connectionId);
      return false;
    }
    if (!(await wires.write(connectionId, frameOf(headOf(event), body)))) {
      await clients.remove(connectionId);
      return false;
    }
    sent.add(event.id);
  }
  return true;
}

/** What is held is sent, until nothing more has come. */
async function goLive(heard: Heard, history: History, sent: Set<string>): Promise<void> {
  const { clients, client } = heard;
  for (;;) {
    const now = await clients.get(client.connectionId);
    if (now === undefined) return;
    const held = await Promise.all(now.held.map((id) => history.event(id)));
    const kept = held.filter((one) => one !== undefined);
    if (!(await sendThese({ ...heard, client: now }, kept, sent))) return;
    if (await clients.endResuming(client.connectionId, now.held.length)) return;
    // Cut by the broadcaster, since its time was up.
    if (now.state !== "resuming") return;
  }
}

async function answer(
  { client, clients, wires }: Heard,
  told: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { connectionId } = client;
  const isThere = await wires.write(connectionId, Buffer.from(JSON.stringify(told)));
  if (!isThere) await clients.remove(connectionId);
}
