/** What is left to do when handlers were written, as commands and lines to paste. */
import type { Choices, PackageManager } from "../../generate/choices.ts";
import type { Project } from "../../generate/project.ts";
import { mountingToDo } from "../../generate/templates/mounting.ts";
import { quoted } from "./invocation.ts";

/** How a script of package.json is run, with words of its own. */
const runs: Readonly<Record<PackageManager, (script: string, words?: string) => string>> = {
  npm: (script, words) => `npm run ${script}${words ? ` -- ${words}` : ""}`,
  pnpm: (script, words = "") => `pnpm run ${script} ${words}`.trim(),
  yarn: (script, words = "") => `yarn run ${script} ${words}`.trim(),
  bun: (script, words = "") => `bun run ${script} ${words}`.trim(),
};

/** The steps, one after another. */
export function nextSteps(project: Project, choices: Choices, folder: string): readonly string[] {
  const parts = [
    { title: "Next:", lines: commandsOf(project, choices, folder) },
    { title: "In your application:", lines: project.isNew ? [] : mountingToDo(choices) },
    { title: "For the compiler:", lines: compilerToDo(project, choices) },
    { title: "And while it runs:", lines: sampleOf(project, choices) },
    { title: "On AWS (webhooks/README.md has the rest):", lines: deploymentOf(choices) },
  ];
  return parts.flatMap(({ title, lines }) =>
    lines.length === 0 ? [] : ["", title, ...lines.map((line) => `  ${line}`)],
  );
}

function commandsOf(
  { isNew }: Project,
  { packageManager, framework, language }: Choices,
  folder: string,
): readonly string[] {
  const run = runs[packageManager];
  const isBuilt = framework === "nest" || framework === "next";
  return [
    ...(folder === "." ? [] : [`cd ${quoted(folder)}`]),
    `${packageManager} install`,
    "cp .env.development.example .env",
    run("surehook", framework === "lambda" ? "check --local" : "check"),
    run("test:webhooks"),
    ...(isNew && isBuilt ? [run("build")] : []),
    ...(isNew && language === "typescript" ? [run("check")] : []),
    ...(isNew ? [run("start")] : []),
  ];
}

function compilerToDo({ takesEndings }: Project, { language }: Choices): readonly string[] {
  if (language === "javascript" || takesEndings) return [];
  return [
    'In compilerOptions of tsconfig.json: "allowImportingTsExtensions": true with "noEmit", or "rewriteRelativeImportExtensions": true. Node.js runs the handlers as they are written.',
  ];
}

function sampleOf(
  { isNew }: Project,
  { senders: [sender], packageManager, framework }: Choices,
): readonly string[] {
  const type = sender?.sampleTypes[0];
  if (sender === undefined || type === undefined) return [];
  const ownPort = framework === "lambda" ? 4242 : 3000;
  const port = isNew || framework === "lambda" ? ownPort : "<your port>";
  return [runs[packageManager]("surehook", `send ${sender.name} ${type} --port ${port}`)];
}

function deploymentOf({ framework, packageManager }: Choices): readonly string[] {
  return framework === "lambda" ? [runs[packageManager]("deploy:webhooks")] : [];
}
