import type { Command } from "commander";
import type { Engine } from "../core/engine.ts";
import type { ExitCode } from "./shell/faults.ts";
import { refuseUnknown } from "./shell/names.ts";
import { addConfig, addJson, type ConfigOption, type JsonOption } from "./shell/options.ts";
import { action, type Shell } from "./shell/shell.ts";
import { gatewayIfAny, withStore } from "./shell/store.ts";

/** Adds `surehook resume`. */
export function addResume(program: Command): void {
  const command = program
    .command("resume")
    .description("end a destination's pause; what waited goes within a second")
    .argument("<destination>", "the name of a paused destination");
  addJson(addConfig(command)).action(action(resume));
}

/** Needs the config only for a hint: a destination that has left it may still be paused. */
async function resume(
  shell: Shell,
  destination: string,
  { json, config }: ConfigOption & JsonOption,
): Promise<ExitCode> {
  return withStore(shell, async (engine) => {
    const isResumed = await engine.resume(destination);
    if (!isResumed) {
      await refuseUnknown(engine, { destination }, () => gatewayIfAny(shell, config));
    }
    if (json) shell.json({ destination, resumed: isResumed });
    else if (isResumed) shell.say(`Resumed ${destination}.`);
    else await tellNotPaused(shell, engine, destination);
    return isResumed ? 0 : 1;
  });
}

async function tellNotPaused(shell: Shell, engine: Engine, destination: string): Promise<void> {
  const names = (await engine.pauses()).map((pause) => pause.destination);
  shell.say(`${destination} is not paused.`);
  shell.hint(names.length === 0 ? "Nothing is paused." : `Paused are: ${names.join(", ")}.`);
}
