import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { Argument, type Command } from "commander";
import { GatewayError, messageOf } from "../core/errors.ts";
import type { ExitCode } from "./shell/faults.ts";
import { addConfig, type ConfigOption } from "./shell/options.ts";
import { action, type Shell } from "./shell/shell.ts";

type InvokeOptions = ConfigOption & { readonly event?: string; readonly local?: boolean };

const names = [
  "receiver",
  "authorizer",
  "consumer",
  "sweeper",
  "archiver",
  "refresher",
  "live",
  "broadcaster",
] as const;

/** Adds `surehook invoke`. */
export function addInvoke(program: Command): void {
  const command = program
    .command("invoke")
    .description(
      "run a function of the gateway on AWS here, once; prints its answer, and what it would tell bus and queues",
    )
    .addArgument(new Argument("<function>", "which function").choices(names))
    .option(
      "--event <file>",
      "JSON as AWS hands it over (default: a fresh one; - is standard input)",
    )
    .option(
      "--local",
      "with no cloud and nothing set: what it would get goes to the folder local beside the store, unset secrets of sources are `sample`",
    );
  addConfig(command).action(action(run));
}

async function run(
  shell: Shell,
  name: (typeof names)[number],
  options: InvokeOptions,
): Promise<ExitCode | undefined> {
  const { invoke } = await import("../app/invoke.ts");
  const event = options.event === undefined ? undefined : await readEvent(options.event);
  const { answer, told, isDone } = await invoke(
    name,
    { event, config: options.config, isLocal: options.local ?? false },
    shell.environment,
  );
  shell.json({ answer, ...told });
  return isDone ? undefined : 1;
}

async function readEvent(file: string): Promise<unknown> {
  const text = await readFile(file === "-" ? "/dev/stdin" : resolve(file), "utf8").catch(
    (cause: unknown) => {
      throw new GatewayError(
        "NOT_FOUND",
        `The event ${file} can't be read: ${messageOf(cause)}. Give --event a file of JSON.`,
        { cause },
      );
    },
  );
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new GatewayError("USAGE", `The event ${file} is no JSON: ${messageOf(cause)}.`, {
      cause,
    });
  }
}
