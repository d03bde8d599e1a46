import type { Command } from "commander";
import type { Event } from "../core/types.ts";
import { matchesGlob } from "../kit/glob.ts";
import { type ShowOptions, showEvent } from "./shell/event-facts.ts";
import type { ExitCode } from "./shell/faults.ts";
import { findEvent } from "./shell/find.ts";
import { invocation } from "./shell/invocation.ts";
import { fullPage } from "./shell/listing.ts";
import {
  addConfig,
  addJson,
  addPage,
  addRange,
  addTypes,
  type JsonOption,
  type PageOptions,
  rangeOf,
  refuseWords,
} from "./shell/options.ts";
import { action, type Shell } from "./shell/shell.ts";
import { configIfAny, withStore } from "./shell/store.ts";
import { table } from "./shell/table.ts";
import { follow } from "./shell/tail.ts";

type ChoiceOptions = { readonly source?: string; readonly type?: readonly string[] };

type ListOptions = ChoiceOptions &
  JsonOption &
  PageOptions & {
    readonly since?: number;
    readonly until?: number;
    readonly providerEventId?: string;
  };

/** Adds `surehook events`. */
export function addEvents(program: Command): void {
  const group = program.command("events").description("what verified requests told");
  addList(group);
  const show = group
    .command("show")
    .description("all that is kept of an event: request, body, deliveries, attempts")
    .argument("<id>", "the event's id, or the sender's id for it")
    .option("--body", "print only the body, byte for byte")
    .option("--reveal", "print signatures and tokens in full");
  addConfig(addJson(show)).action(action(showOne));
  const tail = group
    .command("tail")
    .description("follow new events and their settled deliveries until Ctrl+C")
    .option("--source <name>", "only events of this source");
  addConfig(
    addTypes(tail).option("--json", "print one JSON document a line: {event} or {delivery}"),
  ).action(action(tailEvents));
}

function addList(group: Command): void {
  const command = group
    .command("list", { isDefault: true })
    .description("events, newest first (this is also `surehook events`)")
    .allowExcessArguments(true)
    .option("--source <name>", "only events of this source")
    .option("--provider-event-id <id>", "only events with this id of the sender's");
  addConfig(addJson(addPage(addRange(addTypes(command))))).action(action(list));
}

async function list(shell: Shell, options: ListOptions, command: Command): Promise<undefined> {
  refuseWords(command, ["list", "show", "tail"]);
  const { source, type, providerEventId } = options;
  const filter = {
    ...rangeOf(options),
    ...(source === undefined ? {} : { source }),
    ...(type === undefined ? {} : { types: type }),
    ...(providerEventId === undefined ? {} : { providerEventId }),
  };
  const page = await withStore(shell, (engine) =>
    fullPage((part) => engine.events(filter, part), options),
  );
  if (options.json) return shell.json(page) as undefined;
  if (page.items.length > 0) shell.print(eventTable(shell, page.items));
  else hintEmpty(shell, Object.keys(filter).length > 0);
  if (page.next !== undefined) shell.hint(`There are more: add --cursor ${page.next}`);
  return undefined;
}

function hintEmpty({ hint }: Shell, isFiltered: boolean): void {
  hint(
    isFiltered
      ? "No event fits. See all with `surehook events`, or what was refused with `surehook requests --outcome rejected`."
      : `No events yet. Send one: ${invocation()} send <source> <type>; \`surehook check\` names the sources.`,
  );
}

function eventTable(shell: Shell, events: readonly Event[]): string {
  return table(
    events,
    [
      { title: "ID", of: ({ id }) => id },
      { title: "RECEIVED", of: ({ receivedAt }) => shell.when(receivedAt) },
      { title: "SOURCE", of: ({ source }) => source, least: 6 },
      { title: "TYPE", of: ({ type }) => type, least: 12 },
      {
        title: "NOTE",
        of: ({ validity, assurance }) =>
          [validity === "invalid" ? "invalid" : "", assurance === "verified" ? "" : assurance]
            .filter((word) => word !== "")
            .join(", "),
        tone: () => "warn",
      },
    ],
    shell.terminal,
  );
}

async function showOne(
  shell: Shell,
  id: string,
  options: ShowOptions & { readonly body?: true },
): Promise<undefined> {
  const config = await configIfAny(shell, options.config);
  return withStore(shell, async (engine) => {
    const event = await findEvent(engine, id);
    if (!options.body) return showEvent(shell, { engine, event, config, options });
    const body = (await engine.body(event.requestId)) ?? Buffer.alloc(0);
    process.stdout.write(body.subarray(event.start, event.end));
    return undefined;
  });
}

async function tailEvents(
  shell: Shell,
  { source, type, json }: ChoiceOptions & JsonOption,
): Promise<ExitCode> {
  const isWanted = (event: Event): boolean =>
    (source === undefined || event.source === source) &&
    (type === undefined || type.some((glob) => matchesGlob(glob, event.type)));
  await withStore(shell, (engine) => follow(shell, { engine, isWanted, json: json === true }));
  return 0;
}
