import type { Command } from "commander";
import { loadConfig } from "../app/load-config.ts";
import { destinationNamed } from "./shell/names.ts";
import { addConfig, addJson, type ConfigOption, type JsonOption } from "./shell/options.ts";
import { printable } from "./shell/printable.ts";
import { action, type Shell } from "./shell/shell.ts";
import { withStore } from "./shell/store.ts";
import { localTime, parseDuration } from "./shell/time.ts";

type PauseOptions = ConfigOption & JsonOption & { readonly reason: string; readonly for?: number };

/** Adds `surehook pause`. */
export function addPause(program: Command): void {
  const command = program
    .command("pause")
    .description("hold a destination's deliveries; events are still taken and kept")
    .argument("<destination>", "the name of a destination in the config")
    .option("--reason <text>", "why; shown wherever its deliveries are", "paused by a person")
    .option("--for <duration>", "end by itself after this: 30m, 2h, 1d", parseDuration);
  addJson(addConfig(command)).action(action(pause));
}

async function pause(shell: Shell, destination: string, options: PauseOptions): Promise<undefined> {
  const { gateway } = await loadConfig(options.config, shell.environment);
  destinationNamed(gateway, destination);
  const until = options.for === undefined ? undefined : Date.now() + options.for;
  const wish = {
    destination,
    cause: "person",
    reason: options.reason,
    ...(until === undefined ? {} : { until }),
  } as const;
  await withStore(shell, (engine) => engine.pause(wish));
  if (options.json) return shell.json(wish) as undefined;
  const end = until === undefined ? "until it is resumed" : `until ${localTime(until)}`;
  shell.say(`Paused ${destination} ${end} (${printable(options.reason)}).`);
  shell.hint(`Its deliveries wait. Go on with: \`surehook resume ${destination}\``);
  return undefined;
}
