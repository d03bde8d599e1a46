/** What belongs to no event: pauses, sealed values, rates. */
import type { Pause, Rate } from "../../core/engine.ts";
import { secondsOf } from "./items.ts";
import type { Store } from "./store.ts";

const pausesPk = "~pauses";

/** Reads the pauses that hold now. */
export async function livePauses({ client, clock }: Store): Promise<readonly Pause[]> {
  return alive((await readPauses(client)).list, clock());
}

/** Those of some pauses whose time isn't over. */
export function alive(pauses: readonly Pause[], now: number): readonly Pause[] {
  return pauses.filter(({ until }) => until === undefined || until > now);
}

async function readPauses(client: Store["client"]) {
  const found = await client.get(pausesPk);
  const text = found?.["list"];
  return {
    rev: found && Number(found["rev"]),
    list: typeof text === "string" ? (JSON.parse(text) as readonly Pause[]) : [],
  };
}

/** Changes the list of pauses; what `change` said of it. */
async function changePauses<T>(
  { client }: Store,
  change: (list: readonly Pause[]) => { readonly list: readonly Pause[]; readonly result: T },
): Promise<T> {
  for (;;) {
    const { rev, list } = await readPauses(client);
    const { list: next, result } = change(list);
    const fields = { list: JSON.stringify(next) };
    const isDone =
      rev === undefined
        ? (await client.create({ pk: pausesPk, rev: 1, ...fields })) === undefined
        : await client.change({ pk: pausesPk, rev }, fields);
    if (isDone) return result;
  }
}

/** Pauses a destination or a lane of it, in place of its pause before. */
export function pause(store: Store, wanted: Omit<Pause, "since">): Promise<void> {
  const now = store.clock();
  return changePauses(store, (list) => ({
    list: [...alive(list, now).filter((one) => !isSame(one, wanted)), { ...wanted, since: now }],
    result: undefined,
  }));
}

/** Ends a pause; false when there was none. */
export function resume(store: Store, destination: string, laneKey?: string): Promise<boolean> {
  const wanted = { destination, ...(laneKey === undefined ? {} : { laneKey }) };
  return changePauses(store, (list) => {
    const rest = alive(list, store.clock()).filter((one) => !isSame(one, wanted));
    return { list: rest, result: rest.length < list.length };
  });
}

function isSame(
  one: Pick<Pause, "destination" | "laneKey">,
  other: Pick<Pause, "destination" | "laneKey">,
): boolean {
  return one.destination === other.destination && one.laneKey === other.laneKey;
}

/** A sealed value and its version. */
export async function getValue({ client }: Store, name: string) {
  const found = await client.get(`~value#${name}`);
  const value = found?.["value"];
  if (found === undefined || !(value instanceof Uint8Array)) return undefined;
  return { value: Buffer.from(value), version: Number(found["rev"]) };
}

/** Puts a sealed value if its version is still the expected one. */
export async function putValue(
  { client }: Store,
  name: string,
  put: { readonly value: Buffer; readonly expected: number },
): Promise<boolean> {
  const { value, expected } = put;
  const pk = `~value#${name}`;
  if (expected === 0) return (await client.create({ pk, rev: 1, value })) === undefined;
  return client.change({ pk, rev: expected }, { value });
}

/** Takes tokens of a rate; the milliseconds to wait, 0 when taken. */
export async function take(
  { client, clock }: Store,
  bucket: string,
  spent: { readonly rate: Rate; readonly tokens: number },
): Promise<number> {
  const { rate, tokens } = spent;
  const now = clock();
  const cost = (tokens * rate.perMs) / rate.tokens;
  const ttl = secondsOf(now + rate.perMs * 2);
  const at = { pk: `~rate#${bucket}`, now, cost, ttl };
  if (cost < 0) {
    await client.giveBack(at);
    return 0;
  }
  if (cost > rate.perMs) return cost - rate.perMs;
  if ((await client.spendFull(at)) === undefined) return 0;
  const full = await client.spendMore(at, now + rate.perMs - cost);
  return full === undefined ? 0 : Math.max(1, Math.ceil(full + cost - now - rate.perMs));
}

/** Shows that the table takes writes. */
export async function probe({ client, clock }: Store): Promise<void> {
  await client.put({ pk: "~probe", at: String(clock()), ttl: secondsOf(clock() + 60_000) });
}
