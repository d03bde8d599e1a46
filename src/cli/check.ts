import type { Command } from "commander";
import { secretReader } from "../app/config.ts";
import { loadToRun, type ReadyConfig } from "../app/load-to-run.ts";
import { storeName } from "../app/open-engine.ts";
import { shownSource } from "../app/shown-source.ts";
import type { Pause } from "../core/engine.ts";
import { GatewayError, messageOf } from "../core/errors.ts";
import type { Gateway } from "../core/settings.ts";
import { localAddress } from "./shell/address.ts";
import {
  describeDestinations,
  describeRoutes,
  describeSources,
  doubtLines,
} from "./shell/describe.ts";
import { type ExitCode, mistakesIn } from "./shell/faults.ts";
import { addConfig, addJson, type ConfigOption, type JsonOption } from "./shell/options.ts";
import { pauseLines } from "./shell/pauses.ts";
import { action, type Shell } from "./shell/shell.ts";
import { isStoreThere, lookAt } from "./shell/store.ts";
import { moduleName, targetOf } from "./shell/target.ts";

type CheckOptions = ConfigOption & JsonOption & { readonly local?: boolean };

/** Adds `surehook check`. */
export function addCheck(program: Command): void {
  const command = program
    .command("check")
    .description("judge the config and its secrets; show sources, destinations, routes and pauses")
    .option("--local", "as `surehook start --local` would run it: nothing is needed to reach AWS");
  addJson(addConfig(command)).action(action(check));
}

async function check(shell: Shell, options: CheckOptions): Promise<ExitCode> {
  try {
    const config = await loadToRun(options.config, shell.environment, {
      isLocal: options.local ?? false,
    });
    await show(shell, config, options);
    return 0;
  } catch (error) {
    if (!options.json || !(error instanceof GatewayError)) throw error;
    shell.json({ ok: false, code: error.code, error: error.message, mistakes: mistakesIn(error) });
    return 2;
  }
}

async function show(shell: Shell, config: ReadyConfig, { json }: CheckOptions): Promise<void> {
  const { gateway, path, doubts } = config;
  const read = secretReader();
  const sources = gateway.sources.map((source) => shownSource(source, read));
  const pauses = await livePauses(shell);
  const store = storeName(shell.environment.store);
  const address =
    gateway.publicUrl?.replace(/\/+$/, "") ?? localAddress(gateway, shell.environment);
  if (json) {
    const parts = plainParts(gateway, address);
    shell.json({ ok: true, config: path, store, sources, ...parts, pauses, doubts });
    return;
  }
  const { terminal, print, say } = shell;
  const title = (text: string): string => terminal.paint("strong", text);
  say(terminal.paint("good", `${path} is right.`), "");
  print(title("Sources"), describeSources(sources, terminal), "");
  print(
    title("Destinations"),
    describeDestinations(gateway.destinations, { address, terminal }),
    "",
  );
  print(title("Routes"), describeRoutes(gateway.routes, terminal));
  if (pauses.length > 0) {
    print("", title("Paused"));
    say(...pauseLines(shell, pauses));
  }
  const notes = [...loose(gateway), ...doubtLines(doubts)];
  if (notes.length > 0) shell.hint("", ...notes);
}

function plainParts({ destinations, routes }: Gateway, address: string): object {
  return {
    destinations: destinations.map((one) => ({
      name: one.name,
      kind: one.type.name,
      target: targetOf(one, address),
      ...one.pacing,
    })),
    routes: routes.map(({ transform, ...route }) =>
      transform === undefined
        ? route
        : { ...route, transform: moduleName(transform) ?? "a function" },
    ),
  };
}

/** A store that can't be opened is no mistake of the config. */
async function livePauses(shell: Shell): Promise<readonly Pause[]> {
  if (!isStoreThere(shell.environment)) return [];
  try {
    return await lookAt(shell, (store) => store.pauses());
  } catch (error) {
    shell.hint(`The store was not looked at: ${messageOf(error)}`);
    return [];
  }
}

/** What is right but probably not meant. */
function loose({ sources, destinations, routes }: Gateway): string[] {
  const isRouted = (name: string): boolean =>
    routes.some(({ from }) => from === undefined || from.includes(name));
  const isTarget = (name: string): boolean => routes.some(({ to }) => to.includes(name));
  return [
    ...sources
      .filter(({ name }) => !isRouted(name))
      .map(({ name }) => `Note: no route takes events of "${name}"; they are kept and go nowhere.`),
    ...destinations
      .filter(({ name }) => !isTarget(name))
      .map(({ name }) => `Note: no route leads to "${name}".`),
  ];
}
