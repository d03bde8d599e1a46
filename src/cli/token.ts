import type { Command } from "commander";
import { loadConfig } from "../app/load-config.ts";
import { destinationNamed } from "./shell/names.ts";
import { addConfig, addJson, type ConfigOption, type JsonOption } from "./shell/options.ts";
import { action, type Shell } from "./shell/shell.ts";

/** Adds `surehook token`. */
export function addToken(program: Command): void {
  const command = program
    .command("token")
    .description("take a new access token for a destination now; shows its end, never the token")
    .argument("<destination>", "the name of a destination that logs in, such as salesforce");
  addJson(addConfig(command)).action(action(token));
}

async function token(
  shell: Shell,
  name: string,
  options: ConfigOption & JsonOption,
): Promise<undefined> {
  const { renewToken } = await import("../app/renew-token.ts");
  const config = await loadConfig(options.config, shell.environment);
  const destination = destinationNamed(config.gateway, name);
  const { expiresAt } = await renewToken(destination, config, shell.environment);
  if (options.json) {
    shell.json({ destination: name, expiresAt: new Date(expiresAt).toISOString() });
    return undefined;
  }
  shell.say(`A new token for ${name} is kept, until ${shell.exactly(expiresAt)}.`);
  return undefined;
}
