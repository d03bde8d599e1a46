import type { Listing, Page } from "../../core/engine.ts";
import type { PageOptions } from "./options.ts";

const pageSize = 500;

/** Reads one page of a list. */
export type ReadPage<T> = (page: Page) => Promise<Listing<T>>;

/** A page as long as was asked for: an engine ends one early where its time limit passes. */
export async function fullPage<T>(read: ReadPage<T>, options: PageOptions): Promise<Listing<T>> {
  const items: T[] = [];
  let cursor = options.cursor;
  for (;;) {
    const limit = options.limit - items.length;
    const listing = await read({ limit, ...(cursor === undefined ? {} : { cursor }) });
    items.push(...listing.items);
    if (listing.next === undefined || items.length >= options.limit) {
      return { items, next: listing.next };
    }
    cursor = listing.next;
  }
}

/** All of a list, page after page. */
export async function* pagesOf<T>(read: ReadPage<T>): AsyncGenerator<readonly T[]> {
  let cursor: string | undefined;
  do {
    const listing = await read({ limit: pageSize, ...(cursor === undefined ? {} : { cursor }) });
    if (listing.items.length > 0) yield listing.items;
    cursor = listing.next;
  } while (cursor !== undefined);
}
