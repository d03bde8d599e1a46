/** What the engine's parts share: the clients, and where bodies and items are found. */
import type { DeliveryRef } from "../../core/pushed-engine.ts";
import type { Request } from "../../core/types.ts";
import type { Client } from "./client.ts";
import type { Days } from "./days.ts";
import { fromFields, type Item, type Keeping } from "./items.ts";

/** What the engine works with. */
export type Store = Keeping & {
  readonly client: Client;
  readonly days: Days;
  readonly clock: () => number;
  readonly limits: { readonly rejectedPerSource: number; readonly rejectedPerAddress: number };
  /** Tells the consumer of deliveries that are due; what it misses the sweep finds. */
  readonly wake: (refs: readonly DeliveryRef[]) => Promise<void>;
  /** Where this process kept or found what it asks for by its id a moment later. */
  readonly lately: Lately;
};

/** Ids that are remembered: more than one process answers at once. */
const mostRemembered = 1_000;

/** Keys by ids, since the index of ids follows a little later than what is written, and answers are kept at once. */
export class Lately {
  readonly #keys = new Map<string, string>();

  note({ kind, id, pk }: Pick<Item, "kind" | "id" | "pk">): void {
    const [oldest] = this.#keys.keys();
    if (oldest !== undefined && this.#keys.size >= mostRemembered) this.#keys.delete(oldest);
    this.#keys.set(`${kind} ${id}`, pk);
  }

  keyOf(kind: Item["kind"], id: string): string | undefined {
    return this.#keys.get(`${kind} ${id}`) ?? this.#keys.get(`whole ${id}`);
  }
}

/** How long the queue has, before the sweep looks at what is due. */
export const sweepDelayMs = 60_000;
/** What the queue itself can put off: SQS delays by 15 minutes at most. */
export const queueDelayMs = 900_000;

/** What waits is looked at once in this time at least, however late it is due. */
export const mostUnseenMs = 86_400_000;

/** Larger bodies lie in the bucket: an item has 400 KB at most, and is paid by its size at each change. */
const mostInlineBytes = 200_000;

/** Keeps a body: in the item, or before the item in the bucket. */
export async function keepBody(
  store: Pick<Store, "client">,
  { id, body }: Pick<Request, "id" | "body">,
): Promise<Pick<Item, "body" | "bodyRef">> {
  if (body.length <= mostInlineBytes) return { body };
  const bodyRef = `bodies/${id}`;
  await store.client.putObject(bodyRef, body);
  return { bodyRef };
}

/** The body of a request's or an event's item; undefined where it is gone. */
export async function bodyAt(
  store: Pick<Store, "client">,
  item: Item,
): Promise<Buffer | undefined> {
  if (item.body !== undefined) return item.body;
  if (item.bodyRef !== undefined) return store.client.getObject(item.bodyRef);
  const other = await originalOf(store, item);
  return other && bodyAt(store, other);
}

async function originalOf(store: Pick<Store, "client">, item: Item): Promise<Item | undefined> {
  if (item.kind === "event") return requestItem(store, item);
  const original = item.request?.original;
  return original && locate(store, original.pk, original.id);
}

/** The item of an event's request, which never changes its key; undefined where it is gone, or is the event's own. */
export async function requestItem(
  { client }: Pick<Store, "client">,
  { requestPk }: Pick<Item, "requestPk">,
): Promise<Item | undefined> {
  const fields = requestPk === undefined ? undefined : await client.get(requestPk);
  return fields && fromFields(fields);
}

/** An item by its key, or by its id where it has given its key to another. */
export async function locate(
  store: Pick<Store, "client">,
  pk: string,
  id: string,
): Promise<Item | undefined> {
  const fields = await store.client.get(pk);
  if (fields?.["id"] === id) return fromFields(fields);
  const found = await itemsOf(store, id);
  return found.find((item) => item.kind !== "request") ?? found[0];
}

/** The item of a request's or an event's id. */
export async function itemOfId(
  store: Pick<Store, "client" | "lately">,
  id: string,
  kind: "request" | "event",
): Promise<Item | undefined> {
  const isIt = (item: Item) => item.id === id && (item.kind === kind || item.kind === "whole");
  const key = store.lately.keyOf(kind, id);
  const fields = key === undefined ? undefined : await store.client.get(key);
  const known = fields && fromFields(fields);
  if (known !== undefined && isIt(known)) return known;
  return (await itemsOf(store, id)).find(isIt);
}

/** The items of an id: a request and its event may have the same. */
export async function itemsOf(store: Pick<Store, "client">, id: string): Promise<readonly Item[]> {
  const keys = await store.client.byId(id);
  const items = await Promise.all(keys.map((pk) => store.client.get(pk)));
  return items.flatMap((fields) => (fields?.["id"] === id ? [fromFields(fields)] : []));
}
