import { type Command, Option } from "commander";
import type { DeliveryFilter, Reading } from "../core/engine.ts";
import { type DeliveryState, deliveryStates } from "../core/lifecycle.ts";
import type { Delivery } from "../core/types.ts";
import { attemptTable } from "./shell/attempts.ts";
import { deliveryFacts } from "./shell/event-facts.ts";
import type { ExitCode } from "./shell/faults.ts";
import { findDelivery, findEvent } from "./shell/find.ts";
import { addList, fullPage, type ListOptions, showPage } from "./shell/listing.ts";
import { refuseUnknown } from "./shell/names.ts";
import { addConfig, addJson, type JsonOption, rangeOf } from "./shell/options.ts";
import { pauseLines } from "./shell/pauses.ts";
import { action, type Shell } from "./shell/shell.ts";
import { gatewayIfAny, lookAt, withStore } from "./shell/store.ts";
import { facts, table } from "./shell/table.ts";
import type { Tone } from "./shell/terminal.ts";

type DeliveriesOptions = ListOptions & {
  readonly destination?: string;
  readonly state?: DeliveryState;
  readonly event?: string;
};

/** A delivery with what is told of its event. */
type ListedDelivery = Delivery & {
  readonly source: string | undefined;
  readonly type: string | undefined;
};

/** Adds `surehook deliveries`. */
export function addDeliveries(program: Command): void {
  const group = program.command("deliveries").description("what is owed to destinations");
  addList(group, "deliveries, of the newest events first", (list) =>
    list
      .option("--destination <name>", "only deliveries to this destination")
      .addOption(
        new Option("--state <state>", "only deliveries in this state").choices(deliveryStates),
      )
      .option("--event <id>", "only deliveries of this event, by its id or the sender's"),
  ).action(action(listDeliveries));
  const show = group
    .command("show")
    .description("a delivery with its attempts")
    .argument("<id>", "the delivery's id");
  addConfig(addJson(show)).action(action(showDelivery));
  const cancel = group
    .command("cancel")
    .description("give up a delivery that waits")
    .argument("<id>", "the delivery's id")
    .option("--reason <text>", "why, for the record");
  addConfig(addJson(cancel)).action(action(cancelDelivery));
}

async function listDeliveries(shell: Shell, options: DeliveriesOptions): Promise<undefined> {
  const { destination, json } = options;
  await lookAt(shell, async (engine) => {
    await refuseUnknown(engine, { destination }, () => gatewayIfAny(shell, options.config));
    const filter = await filterOf(engine, options);
    const page = await fullPage((part) => engine.deliveries(filter, part), options);
    showPage(
      shell,
      { ...page, items: await withEvents(engine, page.items) },
      {
        json,
        table: (deliveries) => deliveryTable(shell, deliveries),
        empty: emptyText(Object.keys(filter).length > 0),
      },
    );
    if (json) return;
    const pauses = await engine.pauses();
    const shown = pauses.filter((one) => (destination ?? one.destination) === one.destination);
    shell.hint(...pauseLines(shell, shown).map((line) => `Paused: ${line}`));
  });
  return undefined;
}

async function filterOf(engine: Reading, options: DeliveriesOptions): Promise<DeliveryFilter> {
  const { destination, state, event } = options;
  return {
    ...rangeOf(options),
    ...(destination === undefined ? {} : { destination }),
    ...(state === undefined ? {} : { state }),
    ...(event === undefined ? {} : { eventId: (await findEvent(engine, event)).id }),
  };
}

async function withEvents(
  engine: Reading,
  deliveries: readonly Delivery[],
): Promise<readonly ListedDelivery[]> {
  const ids = [...new Set(deliveries.map(({ eventId }) => eventId))];
  const found = await Promise.all(ids.map(async (id) => [id, await engine.event(id)] as const));
  const events = new Map(found);
  return deliveries.map((delivery) => {
    const event = events.get(delivery.eventId);
    return { ...delivery, source: event?.source, type: event?.type };
  });
}

function emptyText(isFiltered: boolean): string {
  return isFiltered
    ? "No delivery fits. See all with `surehook deliveries`."
    : "No deliveries yet: no event came that a route sends anywhere. `surehook events` shows what came, `surehook check` the routes.";
}

const tones: Partial<Record<DeliveryState, Tone>> = { delivered: "good", dead: "bad" };

function deliveryTable({ terminal, when }: Shell, deliveries: readonly ListedDelivery[]): string {
  return table(
    deliveries,
    [
      { title: "ID", of: ({ id }) => id, below: true },
      { title: "SOURCE", of: ({ source }) => source, least: 6 },
      { title: "TYPE", of: ({ type }) => type, least: 12 },
      { title: "TO", of: ({ destination }) => destination, least: 6 },
      {
        title: "STATE",
        of: ({ state, held }) => stateText(state, held),
        tone: (row) => tones[row.state],
      },
      { title: "TRIES", of: ({ attempts }) => String(attempts) },
      { title: "WHEN", of: ({ settledAt, dueAt }) => when(settledAt ?? dueAt) },
      { title: "REASON", of: ({ held, reason }) => held ?? reason, least: 24, below: true },
    ],
    terminal,
  );
}

function stateText(state: DeliveryState, held: string | undefined): string {
  return held === undefined ? state : `${state} (held)`;
}

async function showDelivery(shell: Shell, id: string, { json }: JsonOption): Promise<undefined> {
  return lookAt(shell, async (engine) => {
    const delivery = await findDelivery(engine, id);
    const attempts = await engine.attempts(id);
    const event = await engine.event(delivery.eventId);
    if (json) return shell.json({ delivery, attempts, event }) as undefined;
    const { terminal, print } = shell;
    const entries = [
      ...deliveryFacts(shell, delivery),
      ["source", event?.source] as const,
      ["type", event?.type] as const,
    ];
    print(terminal.paint("strong", "Delivery"), facts(entries, terminal));
    if (attempts.length === 0) return undefined;
    print("", terminal.paint("strong", "Attempts"), attemptTable(shell, attempts));
    return undefined;
  });
}

async function cancelDelivery(
  shell: Shell,
  id: string,
  { reason = "cancelled on the command line", json }: JsonOption & { readonly reason?: string },
): Promise<ExitCode> {
  return withStore(shell, async (engine) => {
    const before = await findDelivery(engine, id);
    const state = await engine.cancel(id, reason);
    const isCancelled = state === "cancelled" && before.state !== "cancelled";
    if (json) shell.json({ id, state, cancelled: isCancelled });
    else shell.say(isCancelled ? `Cancelled ${id}.` : notCancelled(id, state));
    return isCancelled ? 0 : 1;
  });
}

function notCancelled(id: string, state: DeliveryState | undefined): string {
  if (state === "cancelled") return `${id} is already cancelled.`;
  if (state === "leased") {
    return `${id} is being delivered right now. Look again when the attempt has ended.`;
  }
  return `${id} is ${state ?? "gone"}. Only a delivery that waits can be cancelled.`;
}
