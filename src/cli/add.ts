import { resolve } from "node:path";
import type { Command } from "commander";
import { givenVariable } from "../app/config.ts";
import { knownSender } from "../app/known-senders.ts";
import { GatewayError } from "../core/errors.ts";
import type { Choices, Sender } from "../generate/choices.ts";
import { changesOf, handlerPlan, projectFiles } from "../generate/plan.ts";
import { lookAtProject, type Project } from "../generate/project.ts";
import { typePackageOf } from "../generate/senders/files.ts";
import { adviceFor } from "../kit/suggest.ts";
import { asking } from "./shell/ask.ts";
import { ownVersion } from "./shell/invocation.ts";
import { action, type Shell } from "./shell/shell.ts";
import { writeChanges } from "./shell/writing.ts";

type AddOptions = { readonly yes?: true; readonly dryRun?: true };

/** Adds `surehook add`. */
export function addAdd(program: Command): void {
  program
    .command("add")
    .description("add a sender (add shopify) or a handler (add handler stripe charge.refunded)")
    .argument("<words...>", "the sender's name, or: handler <sender> <type>")
    .option("-y, --yes", "ask nothing; what differs is left alone")
    .option("--dry-run", "show what would be written, and write nothing")
    .action(action(add));
}

async function add(
  shell: Shell,
  words: readonly string[],
  options: AddOptions,
): Promise<undefined> {
  const project = lookAtProject(resolve("."), givenVariable("npm_config_user_agent"));
  if (project.isNew || project.senders.length === 0) {
    throw new GatewayError(
      "USAGE",
      "There is no config/webhooks.json with a source here. Run `surehook init` first, in the application's folder.",
    );
  }
  const files = filesFor(project, words);
  await asking(async (person) => {
    const ask = options.yes ? undefined : person;
    const changes = changesOf(project.folder, files);
    const how = { folder: project.folder, ask, dryRun: options.dryRun ?? false };
    const written = await writeChanges(shell, changes, how);
    if (written === 0) shell.say("Nothing to write.");
  });
  return undefined;
}

function filesFor(project: Project, words: readonly string[]) {
  const [first = "", second = "", type = "", ...more] = words;
  if (first !== "handler" && words.length === 1) {
    const senders = [...new Set([...project.senders, first])].map(knownSender);
    return projectFiles(project, choicesOf(project, senders), ownVersion());
  }
  if (first !== "handler" || type === "" || more.length > 0) {
    throw new GatewayError(
      "USAGE",
      "Give a sender, such as `surehook add shopify`, or a type, such as `surehook add handler stripe charge.refunded`.",
    );
  }
  const sender = knownSender(second);
  if (!project.senders.includes(second)) {
    throw new GatewayError(
      "NOT_FOUND",
      `config/webhooks.json has no source of "${second}". ${adviceFor(second, project.senders)}`,
    );
  }
  return handlerPlan(sender, type, choicesOf(project, [sender]));
}

/** What was chosen before, as the project shows it. */
function choicesOf(project: Project, senders: readonly Sender[]): Choices {
  const packages = senders.flatMap((sender) => typePackageOf(sender)?.name ?? []);
  return {
    senders,
    framework: project.framework ?? "node",
    language: project.language ?? "typescript",
    packageManager: project.packageManager,
    store: undefined,
    senderTypes: packages.some((name) => project.packages.has(name)),
  };
}
