/**
 * Rejected requests within bounds. A source's list of them tells which go: the oldest of an address, then
 * the oldest at all. A process changes a list by one after another; where other processes keep on changing
 * it too, a rejected request is dropped rather than a good one delayed.
 */
import type { Rejection } from "../../core/engine.ts";
import { dayOf, fromFields, type Item, placeOf, receiptKey, secondsOf, toFields } from "./items.ts";
import { keepBody, type Store } from "./store.ts";

type Entry = readonly [id: string, address: string];

const mostTries = 6;
const underWay = new Map<string, Promise<unknown>>();

/** Keeps a refused request; false where many at once made it drop it. */
export async function reject(store: Store, { request, code, detail }: Rejection): Promise<boolean> {
  const gone = await changeList(store, request.source, (list) =>
    withNew(list, [request.id, request.remoteAddress], store.limits),
  );
  if (gone === undefined) return false;
  const day = dayOf(request.receivedAt, request.id, store.shards);
  await store.days.add(day);
  const { body, ...arrived } = request;
  const item: Item = {
    pk: receiptKey(request),
    rev: 1,
    id: request.id,
    kind: "request",
    day,
    at: placeOf(request.receivedAt, request.id),
    request: {
      ...arrived,
      outcome: "rejected",
      code,
      detail,
      bodyBytes: body.length,
      eventIds: [],
    },
    deliveries: [],
    ...(await keepBody(store, request)),
    ttl: secondsOf(request.receivedAt + store.retentionMs),
  };
  await store.client.create(toFields(item));
  await Promise.all(gone.map(([id]) => drop(store, request.source, id)));
  return !gone.some(([id]) => id === request.id);
}

/** Makes room in a source's list: the request isn't rejected any more. */
export async function forgetRejected(
  store: Store,
  { source, id }: { readonly source: string; readonly id: string },
): Promise<void> {
  await changeList(store, source, (list) => ({
    list: list.filter(([other]) => other !== id),
    gone: [],
  }));
}

async function drop(store: Store, source: string, id: string): Promise<void> {
  const fields = await store.client.get(receiptKey({ source, id }));
  if (fields === undefined) return;
  const item = fromFields(fields);
  if (item.request?.outcome === "rejected") await store.client.remove(item);
}

type Changed = { readonly list: readonly Entry[]; readonly gone: readonly Entry[] };

function withNew(list: readonly Entry[], entry: Entry, limits: Store["limits"]): Changed {
  const all = [...list.filter(([id]) => id !== entry[0]), entry];
  const ofAddress = all.filter(([, address]) => address === entry[1]);
  const tooMany = new Set(
    ofAddress.slice(0, Math.max(0, ofAddress.length - limits.rejectedPerAddress)),
  );
  const within = all.filter((one) => !tooMany.has(one));
  const over = Math.max(0, within.length - limits.rejectedPerSource);
  return { list: within.slice(over), gone: [...tooMany, ...within.slice(0, over)] };
}

/** What went with the change; undefined where others were always faster. */
async function changeList(
  store: Store,
  source: string,
  change: (list: readonly Entry[]) => Changed,
): Promise<readonly Entry[] | undefined> {
  const pk = `~rejected#${source}`;
  const before = underWay.get(pk) ?? Promise.resolve();
  const own = before.then(() => tryChange(store, pk, change));
  const settled = own.catch(() => undefined);
  underWay.set(pk, settled);
  try {
    return await own;
  } finally {
    if (underWay.get(pk) === settled) underWay.delete(pk);
  }
}

async function tryChange(
  { client }: Store,
  pk: string,
  change: (list: readonly Entry[]) => Changed,
): Promise<readonly Entry[] | undefined> {
  for (let tries = 0; tries < mostTries; tries += 1) {
    const found = await client.get(pk);
    const text = found?.["list"];
    const { list, gone } = change(typeof text === "string" ? (JSON.parse(text) as Entry[]) : []);
    const next = { list: JSON.stringify(list) };
    const isDone =
      found === undefined
        ? (await client.create({ pk, rev: 1, ...next })) === undefined
        : await client.change({ pk, rev: Number(found["rev"]) }, next);
    if (isDone) return gone;
  }
  return undefined;
}
