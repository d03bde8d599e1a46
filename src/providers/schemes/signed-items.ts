/** Senders whose batches are proven item by item: one that isn't refuses the whole request. */
import type { Request, Verdict } from "../../core/types.ts";
import { parseJson } from "../../kit/json-path.ts";
import { own } from "./identity.ts";
import { rejected } from "./verdict.ts";

/** Where the items stand: a list at the top, and perhaps a name in each of its elements. */
export type ItemPlace = { readonly list: string; readonly inner?: string };

type Item = Record<string, unknown>;

/** The verdict on a request of which each item must fit; the secret named is the first item's. */
export function judgeItems(
  place: ItemPlace,
  { body }: Pick<Request, "body">,
  judge: (item: Readonly<Item>) => Verdict,
): Verdict {
  const items = itemsOf(place, parseJson(body));
  if (items === undefined) return rejected("INVALID_FORMAT", `no list of items in ${place.list}`);
  let first: Verdict | undefined;
  for (const [at, item] of items.entries()) {
    const verdict = judge(item);
    if (verdict.kind === "rejected") {
      return { ...verdict, detail: `item ${at}: ${verdict.detail}` };
    }
    first ??= verdict;
  }
  return first ?? rejected("MISSING_SIGNATURE", "no item, so nothing proves the sender");
}

/** A body with each of its items changed; one without items becomes one item itself. */
export function changeItems(
  place: ItemPlace,
  body: Buffer,
  change: (item: Item) => unknown,
): Buffer {
  const { list, inner } = place;
  const given = parseJson(body);
  const isBatch = itemsOf(place, given) !== undefined;
  const single = { [list]: [inner === undefined ? given : { [inner]: given }] };
  const batch = (isBatch ? given : single) as Record<string, Item[]>;
  const changed = (batch[list] as Item[]).map((element) =>
    inner === undefined ? change(element) : { ...element, [inner]: change(element[inner] as Item) },
  );
  return Buffer.from(JSON.stringify({ ...batch, [list]: changed }), "utf8");
}

function itemsOf({ list, inner }: ItemPlace, payload: unknown): readonly Item[] | undefined {
  const elements = own(payload, list);
  if (!Array.isArray(elements)) return undefined;
  const items = inner === undefined ? elements : elements.map((element) => own(element, inner));
  return items.every((item) => typeof item === "object" && item !== null) ? items : undefined;
}
