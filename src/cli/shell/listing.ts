/** What the commands that list have in common: their options, pages, and what is printed. */
import type { Command } from "commander";
import type { Listing, Page, TimeRange } from "../../core/engine.ts";
import {
  addConfig,
  addJson,
  addPage,
  addRange,
  type ConfigOption,
  type JsonOption,
  type PageOptions,
  refuseWords,
} from "./options.ts";
import type { Shell } from "./shell.ts";

const pageSize = 500;

/** Reads one page of a list. */
export type ReadPage<T> = (page: Page) => Promise<Listing<T>>;

/** Options of every list. */
export type ListOptions = ConfigOption & JsonOption & PageOptions & TimeRange;

/** Adds a group's `list`, with filters of its own; it is also what the group's name alone does. */
export function addList(
  group: Command,
  description: string,
  addFilters: (list: Command) => Command,
): Command {
  const list = group
    .command("list", { isDefault: true })
    .description(`${description} (this is also \`surehook ${group.name()}\`)`)
    .allowExcessArguments(true)
    .hook("preAction", refuseWords);
  return addConfig(addJson(addPage(addRange(addFilters(list)))));
}

/** Prints a page: as JSON, as a table, or where it is empty what to do. */
export function showPage<T>(
  shell: Shell,
  page: Listing<T>,
  how: {
    readonly json: true | undefined;
    readonly table: (items: readonly T[]) => string;
    readonly empty: string;
  },
): void {
  if (how.json) {
    shell.json(page);
    return;
  }
  if (page.items.length > 0) shell.print(how.table(page.items));
  else shell.hint(how.empty);
  if (page.next !== undefined) shell.hint(`There are more: add \`--cursor ${page.next}\``);
}

/** A page as long as was asked for: an engine ends one early where its time limit passes. */
export async function fullPage<T>(read: ReadPage<T>, options: Page): Promise<Listing<T>> {
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
