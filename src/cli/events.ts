import type { Command } from "commander";
import { readEventBytes } from "../app/event-bytes.ts";
import type { Event } from "../core/types.ts";
import { matchesGlob } from "../kit/glob.ts";
import { showEvent } from "./shell/event-facts.ts";
import type { ExitCode } from "./shell/faults.ts";
import { findEvent } from "./shell/find.ts";
import { invocation } from "./shell/invocation.ts";
import { addList, fullPage, type ListOptions, showPage } from "./shell/listing.ts";
import { refuseUnknown } from "./shell/names.ts";
import {
  addConfig,
  addShow,
  addTypes,
  type ConfigOption,
  type JsonOption,
  rangeOf,
  type ShowOptions,
} from "./shell/options.ts";
import { action, type Shell } from "./shell/shell.ts";
import { configIfAny, gatewayIfAny, lookAgainAt, lookAt } from "./shell/store.ts";
import { table } from "./shell/table.ts";
import { follow } from "./shell/tail.ts";

type ChoiceOptions = { readonly source?: string; readonly type?: readonly string[] };

type EventsOptions = ListOptions & ChoiceOptions & { readonly providerEventId?: string };

/** Adds `surehook events`. */
export function addEvents(program: Command): void {
  const group = program.command("events").description("what verified requests told");
  addList(group, "events, newest first", (list) =>
    addTypes(list)
      .option("--source <name>", "only events of this source")
      .option("--provider-event-id <id>", "only events with this id of the sender's"),
  ).action(action(listEvents));
  addShow(
    group,
    "all that is kept of an event: request, body, deliveries, attempts",
    "the event's id, or the sender's id for it",
  ).action(action(showOne));
  const tail = group
    .command("tail")
    .description("follow new events and their settled deliveries until Ctrl+C")
    .option("--source <name>", "only events of this source");
  addConfig(
    addTypes(tail).option("--json", "print one JSON document a line: {event} or {delivery}"),
  ).action(action(tailEvents));
}

async function listEvents(shell: Shell, options: EventsOptions): Promise<undefined> {
  const { source, type, providerEventId, json } = options;
  const filter = {
    ...rangeOf(options),
    ...(source === undefined ? {} : { source }),
    ...(type === undefined ? {} : { types: type }),
    ...(providerEventId === undefined ? {} : { providerEventId }),
  };
  const page = await lookAt(shell, async (engine) => {
    await refuseUnknown(engine, { source }, () => gatewayIfAny(shell, options.config));
    return fullPage((part) => engine.events(filter, part), options);
  });
  showPage(shell, page, {
    json,
    table: (events) => eventTable(shell, events),
    empty: emptyText(Object.keys(filter).length > 0),
  });
  return undefined;
}

function emptyText(isFiltered: boolean): string {
  return isFiltered
    ? "No event fits. See all with `surehook events`, or what was refused with `surehook requests --outcome rejected`."
    : `No events yet. Send one: ${invocation()} send <source> <type>; \`surehook check\` names the sources.`;
}

function eventTable(shell: Shell, events: readonly Event[]): string {
  return table(
    events,
    [
      { title: "ID", of: ({ id }) => id, below: true },
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

async function showOne(shell: Shell, id: string, options: ShowOptions): Promise<undefined> {
  const config = await configIfAny(shell, options.config);
  return lookAt(shell, async (engine) => {
    const event = await findEvent(engine, id);
    if (!options.body) return showEvent(shell, { engine, event, config, options });
    process.stdout.write(await readEventBytes(engine, event));
    return undefined;
  });
}

async function tailEvents(
  shell: Shell,
  { source, type, json, config }: ChoiceOptions & ConfigOption & JsonOption,
): Promise<ExitCode> {
  const isWanted = (event: Event): boolean =>
    (source === undefined || event.source === source) &&
    (type === undefined || type.some((glob) => matchesGlob(glob, event.type)));
  await lookAgainAt(shell, async ({ look }) => {
    await look((store) => refuseUnknown(store, { source }, () => gatewayIfAny(shell, config)));
    await follow(shell, { look, isWanted, json: json === true });
  });
  return 0;
}
