import type { Command } from "commander";
import type { Engine } from "../core/engine.ts";
import { GatewayError } from "../core/errors.ts";
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
): Promise<undefined> {
  return withStore(shell, async (engine) => {
    if (!(await engine.resume(destination))) {
      await refuseUnknown(engine, { destination }, () => gatewayIfAny(shell, config));
      throw await notPaused(engine, destination);
    }
    if (json) return shell.json({ destination, resumed: true }) as undefined;
    shell.print(`Resumed ${destination}.`);
    return undefined;
  });
}

async function notPaused(engine: Engine, destination: string): Promise<GatewayError> {
  const names = (await engine.pauses()).map((pause) => pause.destination);
  const advice = names.length === 0 ? "Nothing is paused." : `Paused are: ${names.join(", ")}.`;
  return new GatewayError("USAGE", `"${destination}" is not paused. ${advice}`);
}
