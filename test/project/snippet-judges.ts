/** What judges snippets: the compiler, `surehook check`, and the command line's own parser. */
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import ts from "typescript";
import { root } from "../../scripts/bootstrap.mjs";
import { program } from "../../src/cli/program.ts";
import {
  commandsOf,
  type Fault,
  type FileGroup,
  isConfig,
  type Snippet,
  type SnippetFile,
  wordsOf,
} from "./snippets.ts";

/** What users install and this project doesn't; their types aren't looked at. */
const foreign = ["@hono/node-server", "@nestjs/core", "express", "fastify", "hono", "koa"]
  .map((name) => `declare module "${name}";`)
  .join("\n");

/** Files of the reader's own that pages speak of. */
const ofTheReader = 'declare module "*/app.module.ts" { export class AppModule {} }';

/** The config of a page that speaks of the reader's. */
const anyConfig = `import { defineGateway } from "surehook";
export default defineGateway({ sources: {}, destinations: {}, routes: [] });`;

/** Type-checks every file together, each group in a folder of its own. */
export function compileFaults(groups: readonly FileGroup[]): readonly Fault[] {
  const files = new Map<string, SnippetFile>();
  for (const [at, group] of groups.entries()) {
    for (const file of group) files.set(join(root, `.snippets/${at}`, file.path), file);
  }
  const shims = join(root, ".snippets/foreign.d.ts");
  const virtual = new Map(
    groups.map((_, at) => [join(root, `.snippets/${at}/surehook.config.ts`), anyConfig]),
  );
  for (const [path, { text }] of files) virtual.set(path, text);
  virtual.set(shims, `${foreign}\n${ofTheReader}`);
  const { options } = ts.parseJsonConfigFileContent(compilerOptions(), ts.sys, root);
  const host = hostOf(options, virtual);
  const checked = [...files.keys()].filter((path) => path.endsWith("ts"));
  const compiled = ts.createProgram([...checked, shims], options, host);
  const ofTypes = checked.flatMap((path) => {
    const source = compiled.getSourceFile(path);
    return [
      ...compiled.getSyntacticDiagnostics(source),
      ...compiled.getSemanticDiagnostics(source),
    ];
  });
  // What isn't TypeScript is only parsed: its variables are the reader's.
  const ofForm = [...files.keys()]
    .filter((path) => !path.endsWith("ts"))
    .flatMap(
      (path) =>
        ts.transpileModule(virtual.get(path) ?? "", { fileName: path, reportDiagnostics: true })
          .diagnostics ?? [],
    );
  return [...ofTypes, ...ofForm].map((one) => faultOf(one, files));
}

function compilerOptions(): object {
  const { compilerOptions } = ts.readConfigFile(
    join(root, "tsconfig.json"),
    ts.sys.readFile,
  ).config;
  // Readers may not have the strictest of our settings.
  const eased = { exactOptionalPropertyTypes: false, noUnusedLocals: false };
  const lib = ["es2024", "esnext.disposable"];
  return { compilerOptions: { ...compilerOptions, ...eased, lib }, files: [] };
}

function hostOf(
  options: ts.CompilerOptions,
  virtual: ReadonlyMap<string, string>,
): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  const folders = new Set([...virtual.keys()].map((path) => dirname(path)));
  return {
    ...host,
    fileExists: (path) => virtual.has(path) || host.fileExists(path),
    readFile: (path) => virtual.get(path) ?? host.readFile(path),
    directoryExists: (path) => folders.has(path) || (host.directoryExists?.(path) ?? true),
    getSourceFile: (path, version) => {
      const text = virtual.get(path);
      return text === undefined
        ? host.getSourceFile(path, version)
        : ts.createSourceFile(path, text, version);
    },
  };
}

function faultOf(
  { file, start, messageText }: ts.Diagnostic,
  files: ReadonlyMap<string, SnippetFile>,
): Fault {
  const text = ts.flattenDiagnosticMessageText(messageText, " ");
  const line = file ? file.getLineAndCharacterOfPosition(start ?? 0).line + 1 : 0;
  const place = (file && files.get(file.fileName)?.snippet.place) ?? file?.fileName ?? "";
  return { place, fault: `line ${line}: ${text}` };
}

/** Runs `surehook check` on every config among the files, with a value for each secret. */
export function configFaults(groups: readonly FileGroup[]): readonly Fault[] {
  return groups.flatMap((group) =>
    group.filter(isConfig).flatMap((config) => inFolder(group, (folder) => check(folder, config))),
  );
}

/** Checks the JSON of the documents: a config by `surehook check`, all else by its form. */
export function jsonFaults(snippets: readonly Snippet[]): readonly Fault[] {
  return snippets
    .filter(({ language, notRun }) => language === "json" && !notRun)
    .flatMap((snippet) => {
      const { text, place } = snippet;
      try {
        const { sources } = JSON.parse(text);
        if (sources === undefined) return [];
      } catch (error) {
        return [{ place, fault: String(error) }];
      }
      const file = { path: "surehook.config.json", text, snippet };
      return inFolder([file], (folder) => check(folder, file));
    });
}

function inFolder<T>(group: FileGroup, use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "surehook-snippets-"));
  try {
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    for (const { path, text } of group) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function check(folder: string, { path, text, snippet }: SnippetFile): readonly Fault[] {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ["--no-warnings", join(root, "src/cli/main.ts"), "check", "--json", "--config", path],
    { cwd: folder, encoding: "utf8", env: { PATH: process.env["PATH"], ...secretsIn(text) } },
  );
  return status === 0
    ? []
    : [{ place: snippet.place, fault: `surehook check: ${stdout}${stderr}` }];
}

function secretsIn(text: string): Record<string, string> {
  const names = [...text.matchAll(/secret(?:\(|": )"([A-Z0-9_]+)"/g)].map(([, name = ""]) => name);
  const value = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;
  return Object.fromEntries(names.map((name) => [name, value]));
}

/** Pages whose shell blocks are run, not only read, and by which test. */
export const runByTests: Readonly<Record<string, string>> = {
  "docs/custom-sender.md": "test/project/custom-sender.test.ts",
};

/** Reads every command of a shell block by what it would be run with. */
export async function shellFaults(snippets: readonly Snippet[]): Promise<readonly Fault[]> {
  const faults: Fault[] = [];
  for (const { text, place, page, language, notRun } of snippets) {
    if (language !== "sh" || notRun !== undefined || page in runByTests) continue;
    for (const words of commandsOf(text)) {
      const fault = await commandFault(words, page);
      if (fault !== undefined) faults.push({ place, fault: `${words.join(" ")}: ${fault}` });
    }
  }
  return faults;
}

/** Reads every `surehook …` in the running text of a page. */
export async function proseFaults(page: string, text: string): Promise<readonly Fault[]> {
  const faults: Fault[] = [];
  const prose = text.replaceAll(/^ *```[\s\S]*?^ *```$/gm, "");
  for (const [, line = ""] of prose.matchAll(/`((?:npx )?surehook [^`]+)`/g)) {
    if (/<command>|…/.test(line)) continue;
    const fault = await commandFault(wordsOf(line));
    // A command may be named alone, or with a place for what it is given.
    if (
      fault === undefined ||
      /missing required argument|required option|value '<\w+>'/.test(fault)
    )
      continue;
    faults.push({ place: page, fault: `${line}: ${fault}` });
  }
  return faults;
}

async function commandFault(
  [name = "", ...words]: readonly string[],
  page = "",
): Promise<string | undefined> {
  if (name === "surehook") return lineFault(words);
  if (name === "npx" && words[0] === "surehook") return lineFault(words.slice(1));
  if (name === "npm") return npmFault(words);
  if (name === "export") return undefined;
  if (name.startsWith("./")) {
    return existsSync(join(root, dirname(page), name)) ? undefined : "there is no such file";
  }
  return "nothing here can read it; say before the block why it isn't run: <!-- not run: … -->";
}

async function npmFault(words: readonly string[]): Promise<string | undefined> {
  const [command = "", ...rest] = words.filter((word) => !word.startsWith("--") || word === "--");
  if (["install", "ci"].includes(command)) return undefined;
  // The package create-surehook hands its words to init.
  if (command === "create" && rest[0] === "surehook") return lineFault(["init", ...rest.slice(1)]);
  const script = command === "run" ? rest.shift() : command;
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  if (script === undefined || !(script in scripts)) return "package.json has no such script";
  return script === "surehook" ? lineFault(rest.slice(rest[0] === "--" ? 1 : 0)) : undefined;
}

/** Reads a command line as `surehook` does, and does nothing. */
async function lineFault(words: readonly string[]): Promise<string | undefined> {
  const commands = program();
  const all = [commands];
  for (const command of all) {
    all.push(...command.commands);
    if (command.commands.length === 0) command.action(() => undefined);
    command.configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
  }
  try {
    await commands.parseAsync(words, { from: "user" });
    return undefined;
  } catch (error) {
    if (
      error instanceof Error &&
      /helpDisplayed|commander\.(?:help|version)/.test(String(Reflect.get(error, "code")))
    )
      return undefined;
    return error instanceof Error ? error.message : String(error);
  }
}
