import { once } from "node:events";
import { createInterface } from "node:readline/promises";
import type { Command } from "commander";
import { loadConfig } from "../app/load-config.ts";
import { destinationsOf, judgeAgain } from "../app/operate.ts";
import type { Engine } from "../core/engine.ts";
import { GatewayError } from "../core/errors.ts";
import type { Gateway } from "../core/settings.ts";
import type { Event } from "../core/types.ts";
import type { ExitCode } from "./shell/faults.ts";
import { findEvent } from "./shell/find.ts";
import { pagesOf } from "./shell/listing.ts";
import { destinationNamed, refuseUnknown } from "./shell/names.ts";
import {
  addConfig,
  addJson,
  addRange,
  addTypes,
  type ConfigOption,
  type JsonOption,
  perSecond,
  rangeOf,
} from "./shell/options.ts";
import { counted } from "./shell/printable.ts";
import { type Order, placeOrders } from "./shell/replaying.ts";
import { action, type Shell } from "./shell/shell.ts";
import { withStore } from "./shell/store.ts";

type ReplayOptions = ConfigOption &
  JsonOption & {
    readonly source?: string;
    readonly type?: readonly string[];
    readonly since?: number;
    readonly until?: number;
    readonly to?: string;
    readonly dryRun?: true;
    readonly rate?: number;
    readonly yes?: true;
  };

/** Events to be replayed, in pages; each call reads them anew. */
type Choice = () => AsyncIterable<readonly Event[]>;

/** The deliveries that an event is to get. */
type OrdersOf = (event: Event) => Promise<readonly Order[]>;

/** What a replay would do. */
type Plan = {
  readonly events: number;
  readonly deliveries: number;
  readonly byDestination: Readonly<Record<string, number>>;
  readonly unrouted: number;
};

/** Adds `surehook replay`. */
export function addReplay(program: Command): void {
  const command = program
    .command("replay")
    .description("make new deliveries of kept events, oldest first, to where today's routes lead")
    .argument("[ids...]", "events, by their ids; else those that the options choose")
    .option("--source <name>", "events of this source");
  addRange(addTypes(command))
    .option("--to <destination>", "to this destination, whatever the routes say")
    .option("-r, --rate <number>", "deliveries made per second at most", perSecond)
    .option("--dry-run", "say how many and to where, and make none")
    .option("-y, --yes", "don't ask; needed for a choice by options where nobody can be asked");
  addConfig(addJson(command)).action(action(replay));
}

async function replay(
  shell: Shell,
  ids: readonly string[],
  options: ReplayOptions,
): Promise<ExitCode> {
  refuseMixture(ids, options);
  const { gateway } = await loadConfig(options.config, shell.environment);
  if (options.to !== undefined) destinationNamed(gateway, options.to);
  return withStore(shell, async (engine) => {
    await refuseUnknown(engine, { source: options.source }, async () => gateway);
    const isNamed = ids.length > 0;
    const choice = isNamed ? await named(engine, ids) : range(engine, options);
    const fitsNow = await judgeAgain(engine, gateway);
    const ordersOf: OrdersOf = async (event) => {
      const fits = event.validity === "valid" || (await fitsNow(event));
      const wanted = targets(gateway, event, { to: options.to, isNamed, fits });
      return wanted.map((destination) => ({ eventId: event.id, destination }));
    };
    const plan = await planOf(choice, ordersOf);
    if (plan.deliveries === 0) return nothing(shell, plan, { options, isNamed });
    if (options.dryRun) return done(shell, plan, { options, made: 0 });
    if (!isNamed && !(await isConfirmed(shell, plan, options))) return 1;
    const { rate: perSecond } = options;
    const pace = { total: plan.deliveries, ...(perSecond === undefined ? {} : { perSecond }) };
    const made = await placeOrders(engine, orders(choice, ordersOf), pace);
    return done(shell, plan, { options, made });
  });
}

function done(
  { json, say }: Shell,
  plan: Plan,
  { options, made }: { readonly options: ReplayOptions; readonly made: number },
): ExitCode {
  const isDry = options.dryRun === true;
  if (options.json) json({ ...plan, dryRun: isDry, made });
  else say(planText(plan, isDry ? "would be made" : "made"));
  return isDry || made === plan.deliveries ? 0 : 1;
}

function refuseMixture(ids: readonly string[], options: ReplayOptions): void {
  const { source, type, since, until } = options;
  const isChosen = [source, type, since, until].some((option) => option !== undefined);
  if (ids.length > 0 && isChosen) {
    throw new GatewayError(
      "USAGE",
      "Ids and options that choose exclude each other. Give one or the other.",
    );
  }
  if (ids.length > 0 || isChosen) return;
  throw new GatewayError(
    "USAGE",
    "Nothing was chosen. Give ids, or --source, --type, --since or --until.",
  );
}

/** Ids rise with time: their order is the order of arrival. All are looked for before the first is replayed. */
async function named(engine: Engine, ids: readonly string[]): Promise<Choice> {
  const events = await Promise.all([...new Set(ids)].map((id) => findEvent(engine, id)));
  events.sort((a, b) => a.receivedAt - b.receivedAt);
  return async function* once() {
    yield events;
  };
}

/** Ends now, so that what is counted is what is replayed. */
function range(engine: Engine, options: ReplayOptions): Choice {
  const filter = {
    until: Date.now(),
    ...rangeOf(options),
    oldestFirst: true,
    ...(options.source === undefined ? {} : { source: options.source }),
    ...(options.type === undefined ? {} : { types: options.type }),
  };
  return () => pagesOf((page) => engine.events(filter, page));
}

/** An event that doesn't fit its source's schema of today either goes nowhere, unless a person names both. */
function targets(
  gateway: Gateway,
  event: Event,
  {
    to,
    isNamed,
    fits,
  }: { readonly to: string | undefined; readonly isNamed: boolean; readonly fits: boolean },
): readonly string[] {
  if (!fits && !(isNamed && to !== undefined)) return [];
  return to === undefined ? destinationsOf(gateway, event) : [to];
}

async function planOf(choice: Choice, ordersOf: OrdersOf): Promise<Plan> {
  const byDestination: Record<string, number> = {};
  let [events, deliveries, unrouted] = [0, 0, 0];
  for await (const page of choice()) {
    for (const event of page) {
      const wanted = await ordersOf(event);
      events += 1;
      deliveries += wanted.length;
      if (wanted.length === 0) unrouted += 1;
      for (const { destination } of wanted) {
        byDestination[destination] = (byDestination[destination] ?? 0) + 1;
      }
    }
  }
  return { events, deliveries, byDestination, unrouted };
}

async function* orders(choice: Choice, ordersOf: OrdersOf): AsyncGenerator<Order> {
  for await (const page of choice()) {
    for (const event of page) yield* await ordersOf(event);
  }
}

function nothing(
  shell: Shell,
  plan: Plan,
  { options, isNamed }: { readonly options: ReplayOptions; readonly isNamed: boolean },
): ExitCode {
  const code = isNamed ? 1 : 0;
  if (options.json) {
    shell.json({ ...plan, dryRun: options.dryRun === true, made: 0 });
    return code;
  }
  shell.say("Nothing to replay.");
  shell.hint(
    plan.events === 0
      ? "No event fits. See what is there with `surehook events` and the same options."
      : `No route leads ${counted(plan.events, "event")} anywhere. Name a destination with --to.`,
  );
  return code;
}

function planText({ events, deliveries, byDestination, unrouted }: Plan, verb: string): string {
  const to = Object.entries(byDestination).map(([name, count]) => `${count} to ${name}`);
  const rest = unrouted === 0 ? "" : ` ${counted(unrouted, "event")} without a route passed over.`;
  return `${counted(deliveries, "delivery")} of ${counted(events, "event")} ${verb}: ${to.join(", ")}.${rest}`;
}

async function isConfirmed({ hint }: Shell, plan: Plan, { yes }: ReplayOptions): Promise<boolean> {
  if (yes) return true;
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) {
    throw new GatewayError(
      "USAGE",
      `${planText(plan, "would be made")} Repeat it with --yes, or look first with --dry-run.`,
    );
  }
  const isYes = await askYes(`${planText(plan, "will be made")} Go on? [y/N] `);
  if (!isYes) hint("Nothing was replayed.");
  return isYes;
}

/** Ctrl+C and Ctrl+D are a no. */
async function askYes(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const closed = once(lines, "close").then(() => "");
  try {
    const answer = await Promise.race([lines.question(question).catch(() => ""), closed]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}
