import type { Command } from "commander";
import type { LearnedStore, LearnedView } from "../app/learned-secrets.ts";
import { loadConfig } from "../app/load-config.ts";
import { openLearned, viewLearned } from "../app/operate.ts";
import type { LearnedSecret } from "../core/learned.ts";
import { sourceNamed } from "./shell/names.ts";
import { addConfig, addJson, type ConfigOption, type JsonOption } from "./shell/options.ts";
import { action, type Shell } from "./shell/shell.ts";
import { lookAt, withStore } from "./shell/store.ts";
import { table } from "./shell/table.ts";

type SecretsOptions = ConfigOption & JsonOption;

/** Adds `surehook secrets`. */
export function addSecrets(program: Command): void {
  const group = program
    .command("secrets")
    .description("secrets that senders showed in a handshake, of sources that learn them");
  const add = (name: string, description: string): Command =>
    addConfig(addJson(group.command(name).description(description))).argument(
      "<source>",
      "the name of a source with learn: true",
    );
  add(
    "list",
    "the secrets that a source has learned, and those that wait; never their values",
  ).action(action(list));
  add("confirm", "make one live that waits: events signed with it are accepted from now on")
    .argument("<name>", "its name, such as learned-2")
    .action(action(confirm));
  add("drop", "forget one: events signed with it are refused from now on")
    .argument("<name>", "its name, such as learned-2")
    .action(action(drop));
  add("show", "print one in the clear, to enter it at a sender that asks for it")
    .argument("<name>", "its name, such as learned-1")
    .action(action(show));
}

/** Looks at the learned secrets of the store, for one that has the key. */
async function lookAtLearned<T>(
  shell: Shell,
  { source, config }: { readonly source: string; readonly config: string | undefined },
  look: (learned: LearnedView) => Promise<T>,
): Promise<T> {
  const { gateway } = await loadConfig(config, shell.environment);
  sourceNamed(gateway, source);
  return lookAt(shell, (store) => look(viewLearned(store, shell.environment)));
}

async function list(shell: Shell, source: string, options: SecretsOptions): Promise<undefined> {
  const all = await lookAtLearned(shell, { source, config: options.config }, (learned) =>
    learned.all(source),
  );
  if (options.json) {
    shell.json({ source, secrets: all.map(({ value: _, ...told }) => told) });
    return undefined;
  }
  if (all.length === 0) {
    shell.print(`The source ${source} has learned no secret yet.`);
    return undefined;
  }
  shell.print(
    table<LearnedSecret>(
      all,
      [
        { title: "NAME", of: ({ name }) => name },
        { title: "STATE", of: ({ state }) => state },
        { title: "SHOWN", of: ({ at }) => shell.when(at) },
        { title: "FROM", of: ({ from }) => from },
      ],
      shell.terminal,
    ),
  );
  const waiting = all.find(({ state }) => state === "pending");
  if (waiting)
    shell.hint("", `One waits. Was it you? surehook secrets confirm ${source} ${waiting.name}`);
  return undefined;
}

/** A command that changes one learned secret: how, and what it is then. */
function changing(
  state: "live" | "dropped",
  change: (learned: LearnedStore, source: string, name: string) => Promise<void>,
  tell: (shell: Shell, source: string, name: string) => void,
) {
  return async (
    shell: Shell,
    source: string,
    name: string,
    options: SecretsOptions,
  ): Promise<undefined> => {
    const { gateway } = await loadConfig(options.config, shell.environment);
    sourceNamed(gateway, source);
    await withStore(shell, (engine) =>
      change(openLearned(engine, shell.environment), source, name),
    );
    if (options.json) shell.json({ source, name, state });
    else tell(shell, source, name);
    return undefined;
  };
}

const confirm = changing(
  "live",
  (learned, source, name) => learned.confirm(source, name),
  (shell, source, name) => {
    shell.print(`${name} of ${source} is live.`);
    shell.hint(`What came before: surehook requests release --source ${source}`);
  },
);

const drop = changing(
  "dropped",
  (learned, source, name) => learned.drop(source, name),
  (shell, source, name) => shell.print(`${name} of ${source} is forgotten.`),
);

async function show(
  shell: Shell,
  source: string,
  name: string,
  options: SecretsOptions,
): Promise<undefined> {
  const value = await lookAtLearned(shell, { source, config: options.config }, (learned) =>
    learned.value(source, name),
  );
  if (options.json) return shell.json({ source, name, value }) as undefined;
  shell.print(value);
  return undefined;
}
