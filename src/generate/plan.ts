/** Which files follow from what was chosen, and what is to be done to those that are there. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Choices, Sender } from "./choices.ts";
import { endingOf, type GeneratedFile, type Layout } from "./file.ts";
import type { Project } from "./project.ts";
import { eventType } from "./senders/event-type.ts";
import { handlerFiles, senderConfig, senderFiles } from "./senders/files.ts";
import { configFile } from "./templates/config-file.ts";
import { workConfig } from "./templates/lambda/work.ts";
import { applicationFiles, layoutOf, mountingFiles } from "./templates/mounting.ts";
import { compilerFiles, json, packageJson } from "./templates/package-files.ts";
import { sharedFiles } from "./templates/shared.ts";
import { testSupport } from "./templates/test-support.ts";
import { agentCommand, environmentFiles, ignoreFile, readme } from "./templates/words.ts";

/** What is to be done to a file. */
export type Change = {
  readonly path: string;
  /**
   * `create`: it isn't there. `same`: it is as it should be. `extend`: it lacks something and keeps the rest.
   * `differs`: somebody has changed it. `unreadable`: it can't be extended.
   */
  readonly kind: "create" | "same" | "extend" | "differs" | "unreadable";
  readonly before: string;
  readonly after: string;
};

/** All files of a project's webhooks. */
export function projectFiles(
  project: Project,
  choices: Choices,
  version: string,
): readonly GeneratedFile[] {
  const { framework, language } = choices;
  const layout = layoutOf(framework, language);
  const { isNew, name, hasVitest } = project;
  return [
    packageJson({ choices, version, isNew, name, hasVitest }),
    ...(isNew ? newProjectFiles(choices, layout) : []),
    ...webhookFiles(project, choices, layout),
    ignoreFile(framework),
    agentCommand,
  ];
}

function newProjectFiles(choices: Choices, layout: Layout): readonly GeneratedFile[] {
  const { framework, language } = choices;
  return [
    ...(language === "typescript" ? compilerFiles(framework) : []),
    ...applicationFiles(framework, layout),
  ];
}

function webhookFiles(
  project: Project,
  choices: Choices,
  layout: Layout,
): readonly GeneratedFile[] {
  const { senders, framework, senderTypes } = choices;
  // Vitest calls by other names what comes before and after all tests.
  const runner = project.hasVitest ? '"vitest"' : '"node:test"';
  const perSender = senders.flatMap((sender) =>
    senderFiles(sender, layout, { senderTypes, runner }),
  );
  return [
    configFile(
      senders.map((sender) => senderConfig(sender, layout)),
      layout.onLambda ? workConfig("../webhooks", endingOf(layout.language)) : undefined,
    ),
    ...mountingFiles(framework, layout),
    ...sharedFiles(framework, layout),
    ...perSender.map((file) => (project.hasVitest ? forVitest(file) : file)),
    testSupport(layout),
    ...environmentFiles(choices),
    readme(layout),
    ...(project.isNew || project.isModule ? [] : moduleMarks(layout)),
  ];
}

function forVitest(file: GeneratedFile): GeneratedFile {
  const text = file.text.replace(
    'import { after, before, test } from "vitest";',
    'import { afterAll as after, beforeAll as before, test } from "vitest";',
  );
  return { ...file, text };
}

/** Where the project's modules are CommonJS, those of these folders aren't. */
function moduleMarks({ base, onLambda }: Layout): readonly GeneratedFile[] {
  const folders = [`${base}webhooks`, "tests/webhooks", ...(onLambda ? ["infrastructure"] : [])];
  return folders.map((folder) => ({
    path: `${folder}/package.json`,
    text: json({ type: "module" }),
  }));
}

/** The files of one handler more. Throws USAGE where there can't be one of that type. */
export function handlerPlan(
  sender: Sender,
  typed: string,
  choices: Choices,
): readonly GeneratedFile[] {
  const layout = layoutOf(choices.framework, choices.language);
  return handlerFiles(sender, eventType(typed), layout);
}

/** What is to be done to a folder's files. */
export function changesOf(folder: string, files: readonly GeneratedFile[]): readonly Change[] {
  return files.map(({ path, text, extend }) => {
    const place = join(folder, path);
    if (!existsSync(place)) return { path, kind: "create", before: "", after: text };
    const before = readFileSync(place, "utf8");
    if (extend === undefined) {
      return { path, kind: before === text ? "same" : "differs", before, after: text };
    }
    const after = extend(before);
    if (after === undefined) return { path, kind: "unreadable", before, after: text };
    return { path, kind: before === after ? "same" : "extend", before, after };
  });
}

/** Writes a file as it is to be. */
export function writeChange(folder: string, { path, after }: Change): void {
  const place = join(folder, path);
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(place, after);
}
