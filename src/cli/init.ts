import { resolve } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { givenVariable } from "../app/config.ts";
import { knownSender } from "../app/known-senders.ts";
import { GatewayError } from "../core/errors.ts";
import {
  type Choices,
  type Framework,
  frameworks,
  type Language,
  type Sender,
} from "../generate/choices.ts";
import { changesOf, projectFiles } from "../generate/plan.ts";
import { lookAtProject, type Project } from "../generate/project.ts";
import { readySenders, typePackageOf } from "../generate/senders/files.ts";
import { type Ask, asking } from "./shell/ask.ts";
import { ownVersion } from "./shell/invocation.ts";
import { nextSteps } from "./shell/next-steps.ts";
import { action, type Shell } from "./shell/shell.ts";
import { writeChanges } from "./shell/writing.ts";

/** What the flags of `surehook init` say. */
export type InitOptions = {
  readonly senders?: readonly string[];
  readonly framework?: Framework;
  readonly store?: string;
  readonly typescript?: true;
  readonly javascript?: true;
  readonly target: "server" | "lambda";
  readonly senderTypes: boolean;
  readonly yes?: true;
  readonly dryRun?: true;
};

/** Adds `surehook init`, also under the names `create-webhook-handler` and `webhook`. */
export function addInit(program: Command): void {
  withOptions(program.command("init"));
  // Names that others know it by; one name is enough for the help.
  withOptions(program.command("create-webhook-handler", { hidden: true }).alias("webhook"));
}

function withOptions(command: Command): void {
  command
    .description("write webhook handlers, their config and tests into an application, or a new one")
    .argument("[folder]", "the application's folder", ".")
    .option("--senders <names>", "who sends, such as stripe,github,shopify", senderNames)
    .addOption(new Option("--framework <name>", "where it is mounted").choices(frameworks))
    .option("--store <path>", "where events are kept (default: .surehook/surehook.db)")
    .addOption(new Option("--typescript", "write TypeScript").conflicts("javascript"))
    .option("--javascript", "write JavaScript")
    .addOption(
      new Option("--target <where>", "where it runs")
        .choices(["server", "lambda"])
        .default("server"),
    )
    .option("--no-sender-types", "leave out the packages of the senders' own types")
    .option("-y, --yes", "ask nothing; what differs is left alone")
    .option("--dry-run", "show what would be written, and write nothing")
    .action(action(init));
}

function senderNames(text: string): readonly string[] {
  const names = text.split(",").map((name) => name.trim().toLowerCase());
  if (names.some((name) => name === "")) {
    throw new InvalidArgumentError("Give names with commas between, such as stripe,github.");
  }
  return names;
}

async function init(shell: Shell, folder: string, options: InitOptions): Promise<undefined> {
  if (options.target === "lambda" && options.framework !== undefined) {
    throw new GatewayError(
      "USAGE",
      "Functions on AWS Lambda are mounted in no framework. Give --target lambda or --framework.",
    );
  }
  const project = lookAtProject(resolve(folder), givenVariable("npm_config_user_agent"));
  await asking(async (person) => {
    const ask = options.yes ? undefined : person;
    const choices = await choose(project, options, ask);
    await generate(shell, { project, choices, folder }, { ask, dryRun: options.dryRun ?? false });
  });
  return undefined;
}

async function generate(
  shell: Shell,
  given: { readonly project: Project; readonly choices: Choices; readonly folder: string },
  how: { readonly ask: Ask | undefined; readonly dryRun: boolean },
): Promise<void> {
  const { project, choices, folder } = given;
  const changes = changesOf(project.folder, projectFiles(project, choices, ownVersion()));
  const written = await writeChanges(shell, changes, { ...how, folder: project.folder });
  if (written === 0) {
    shell.say("Nothing to write.");
    return;
  }
  const files = written === 1 ? "1 file" : `${written} files`;
  shell.say("", how.dryRun ? `${files} would be written.` : `${files} written.`);
  // Who has been here before knows the way.
  const isFirst = project.senders.length === 0 && !how.dryRun;
  if (isFirst) shell.print(...nextSteps(project, choices, folder));
}

async function choose(
  project: Project,
  options: InitOptions,
  ask: Ask | undefined,
): Promise<Choices> {
  const senders = await sendersOf(project, options, ask);
  const framework = await frameworkOf(project, options, ask);
  const language = await languageOf(project, { options, framework, ask });
  return {
    senders,
    framework,
    language,
    packageManager: project.packageManager,
    // On AWS it is the stack's own.
    store: await storeOf(project, options, framework === "lambda" ? undefined : ask),
    senderTypes: await takesTypes(project, { options, senders, language, ask }),
  };
}

async function sendersOf(
  project: Project,
  options: InitOptions,
  ask: Ask | undefined,
): Promise<readonly Sender[]> {
  const usual = project.senders.length > 0 ? [] : ["stripe"];
  const typed =
    options.senders ??
    (ask
      ? senderNames(
          await ask.text(
            `Who sends? ${readySenders.join(", ")}, or another`,
            usual.join(",") || project.senders.join(","),
          ),
        )
      : usual);
  return Promise.all([...new Set([...project.senders, ...typed])].map(knownSender));
}

async function frameworkOf(
  project: Project,
  options: InitOptions,
  ask: Ask | undefined,
): Promise<Framework> {
  if (options.target === "lambda") return "lambda";
  const known = options.framework ?? project.framework;
  if (known !== undefined) return known;
  const usual = project.isNew ? "express" : "node";
  return ask ? ask.choice("Which framework?", frameworks, usual) : usual;
}

async function languageOf(
  project: Project,
  given: {
    readonly options: InitOptions;
    readonly framework: Framework;
    readonly ask: Ask | undefined;
  },
): Promise<Language> {
  const { options, framework, ask } = given;
  const named = options.typescript ? "typescript" : options.javascript ? "javascript" : undefined;
  const known = named ?? project.language;
  if (framework === "nest" && known === "javascript") {
    throw new GatewayError("USAGE", "NestJS needs TypeScript. Run it again with --typescript.");
  }
  if (known !== undefined) return known;
  if (ask === undefined || framework === "nest") return "typescript";
  return ask.choice("In which language?", ["typescript", "javascript"], "typescript");
}

/** Asked once: the templates of environments name it then. */
async function storeOf(
  project: Project,
  { store }: InitOptions,
  ask: Ask | undefined,
): Promise<string | undefined> {
  if (store !== undefined || ask === undefined || project.senders.length > 0) return store;
  return ask.text("Where are events kept?", ".surehook/surehook.db");
}

async function takesTypes(
  project: Project,
  given: {
    readonly options: InitOptions;
    readonly senders: readonly Sender[];
    readonly language: Language;
    readonly ask: Ask | undefined;
  },
): Promise<boolean> {
  const { options, senders, language, ask } = given;
  const packages = senders.flatMap((sender) => typePackageOf(sender)?.name ?? []);
  if (!options.senderTypes || language === "javascript" || packages.length === 0) return false;
  if (packages.some((name) => project.packages.has(name))) return true;
  if (project.senders.length > 0) return false;
  const question = `Add ${packages.join(" and ")} for the senders' own types (for the compiler only)?`;
  return ask ? ask.yes(question, true) : true;
}
