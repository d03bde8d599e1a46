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
  const { packageManager, senders, framework, language } = choices;
  const run = runs[packageManager];
  const [first] = senders;
  const type = first?.sampleTypes[0];
  const onLambda = framework === "lambda";
  const port = onLambda ? 4242 : project.isNew ? 3000 : "<your port>";
  const isBuilt = framework === "nest" || framework === "next";
  const commands = [
    ...(folder === "." ? [] : [`cd ${quoted(folder)}`]),
    `${packageManager} install`,
    "cp .env.development.example .env",
    run("surehook", onLambda ? "check --local" : "check"),
    run("test:webhooks"),
    ...(project.isNew && isBuilt ? [run("build")] : []),
    ...(project.isNew ? [run("start")] : []),
  ];
  const send = first && type && run("surehook", `send ${first.name} ${type} --port ${port}`);
  const sample = send ? ["", "And while it runs:", indented(send)] : [];
  const deployed = onLambda
    ? ["", "On AWS (webhooks/README.md has the rest):", indented(run("deploy:webhooks"))]
    : [];
  const own =
    project.isNew || onLambda
      ? []
      : ["", "In your application:", ...mountingToDo(framework).map(indented)];
  const compiler =
    language === "javascript" || project.takesEndings
      ? []
      : [
          "",
          'In compilerOptions of tsconfig.json: "allowImportingTsExtensions": true with "noEmit", or "rewriteRelativeImportExtensions": true. Node.js runs the handlers as they are written.',
        ];
  return ["", "Next:", ...commands.map(indented), ...own, ...compiler, ...sample, ...deployed];
}

function indented(line: string): string {
  return `  ${line}`;
}
