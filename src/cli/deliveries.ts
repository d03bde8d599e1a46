import { type Command, Option } from "commander";
import { GatewayError } from "../core/errors.ts";
import { type DeliveryState, deliveryStates } from "../core/lifecycle.ts";
import type { Delivery } from "../core/types.ts";
import { attemptTable } from "./shell/attempts.ts";
import { deliveryFacts } from "./shell/event-facts.ts";
import { findDelivery } from "./shell/find.ts";
import { fullPage } from "./shell/listing.ts";
import {
  addConfig,
  addJson,
  addPage,
  addRange,
  type JsonOption,
  type PageOptions,
  rangeOf,
  refuseWords,
} from "./shell/options.ts";
import { pauseLines } from "./shell/pauses.ts";
import { action, type Shell } from "./shell/shell.ts";
import { withStore } from "./shell/store.ts";
import { facts, table } from "./shell/table.ts";
import type { Tone } from "./shell/terminal.ts";

type ListOptions = JsonOption &
  PageOptions & {
    readonly destination?: string;
    readonly state?: DeliveryState;
    readonly event?: string;
    readonly since?: number;
    readonly until?: number;
  };

/** Adds `surehook deliveries`. */
export function addDeliveries(program: Command): void {
  const group = program.command("deliveries").description("what is owed to destinations");
  const list = group
    .command("list", { isDefault: true })
    .description("deliveries, of the newest events first (this is also `surehook deliveries`)")
    .allowExcessArguments(true)
    .option("--destination <name>", "only deliveries to this destination")
    .addOption(
      new Option("--state <state>", "only deliveries in this state").choices(deliveryStates),
    )
    .option("--event <id>", "only deliveries of this event");
  addConfig(addJson(addPage(addRange(list)))).action(action(listDeliveries));
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

async function listDeliveries(
  shell: Shell,
  options: ListOptions,
  command: Command,
): Promise<undefined> {
  refuseWords(command, ["list", "show", "cancel"]);
  const { destination, state, event } = options;
  const filter = {
    ...rangeOf(options),
    ...(destination === undefined ? {} : { destination }),
    ...(state === undefined ? {} : { state }),
    ...(event === undefined ? {} : { eventId: event }),
  };
  return withStore(shell, async (engine) => {
    const page = await fullPage((part) => engine.deliveries(filter, part), options);
    if (options.json) return shell.json(page) as undefined;
    if (page.items.length > 0) shell.print(deliveryTable(shell, page.items));
    else shell.hint(emptyHint(Object.keys(filter).length > 0));
    const pauses = await engine.pauses();
    const shown = pauses.filter((one) => (destination ?? one.destination) === one.destination);
    shell.hint(...pauseLines(shell, shown).map((line) => `Paused: ${line}`));
    if (page.next !== undefined) shell.hint(`There are more: add --cursor ${page.next}`);
    return undefined;
  });
}

function emptyHint(isFiltered: boolean): string {
  return isFiltered
    ? "No delivery fits. See all with `surehook deliveries`."
    : "No deliveries yet: no event came that a route sends anywhere. `surehook events` shows what came, `surehook check` the routes.";
}

const tones: Partial<Record<DeliveryState, Tone>> = { delivered: "good", dead: "bad" };

function deliveryTable({ terminal, when }: Shell, deliveries: readonly Delivery[]): string {
  return table(
    deliveries,
    [
      { title: "ID", of: ({ id }) => id },
      {
        title: "STATE",
        of: ({ state, held }) => stateText(state, held),
        tone: (row) => tones[row.state],
      },
      { title: "TRIES", of: ({ attempts }) => String(attempts) },
      { title: "WHEN", of: ({ settledAt, dueAt }) => when(settledAt ?? dueAt) },
      { title: "REASON", of: ({ held, reason }) => held ?? reason, least: 8 },
    ],
    terminal,
  );
}

function stateText(state: DeliveryState, held: string | undefined): string {
  return held === undefined ? state : `${state} (held)`;
}

async function showDelivery(shell: Shell, id: string, { json }: JsonOption): Promise<undefined> {
  return withStore(shell, async (engine) => {
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
): Promise<undefined> {
  return withStore(shell, async (engine) => {
    await findDelivery(engine, id);
    const state = await engine.cancel(id, reason);
    if (state !== "cancelled") throw notWaiting(id, state);
    if (json) return shell.json({ id, state }) as undefined;
    shell.print(`Cancelled ${id}.`);
    return undefined;
  });
}

function notWaiting(id: string, state: DeliveryState | undefined): GatewayError {
  return state === "leased"
    ? new GatewayError(
        "STORE_UNAVAILABLE",
        `${id} is being delivered right now. Look again when the attempt has ended.`,
      )
    : new GatewayError(
        "USAGE",
        `${id} is ${state ?? "gone"}. Only a delivery that waits can be cancelled.`,
      );
}
