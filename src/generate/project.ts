/** What a project is, as far as its files tell. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import type { Framework, Language, PackageManager } from "./choices.ts";
import { configPath, sendersIn } from "./templates/config-file.ts";
import { frameworkPackages, record } from "./templates/package-files.ts";

/** A project. */
export type Project = {
  readonly folder: string;
  readonly name: string;
  /** Whether there is no package.json. */
  readonly isNew: boolean;
  readonly framework: Framework | undefined;
  readonly packageManager: PackageManager;
  readonly language: Language | undefined;
  readonly hasVitest: boolean;
  /** Names of what it depends on. */
  readonly packages: ReadonlySet<string>;
  /** Whether its modules are ES modules where nothing else says so. */
  readonly isModule: boolean;
  /** Providers' names that its webhooks have sources of. */
  readonly senders: readonly string[];
  /** Whether its compiler takes imports that end in `.ts`; true where there is no compiler. */
  readonly takesEndings: boolean;
};

/** Looks at a folder. `userAgent` is that of the package manager that runs this, where one does. Throws CONFIG_INVALID for a config that can't be read. */
export function lookAtProject(folder: string, userAgent: string | undefined): Project {
  const read = (name: string): string | undefined => {
    const path = join(folder, name);
    return existsSync(path) ? readFileSync(path, "utf8") : undefined;
  };
  const text = read("package.json");
  const manifest = record(text ?? "") ?? {};
  const packages = packagesOf(manifest);
  const compiler = read("tsconfig.json");
  const config = read(configPath);
  return {
    folder,
    name: basename(resolve(folder)).toLowerCase(),
    isNew: text === undefined,
    framework: isOnLambda(read) ? "lambda" : frameworkOf(packages),
    packageManager: managerOf(folder, { named: manifest["packageManager"], userAgent }),
    language: text === undefined ? undefined : languageOf({ packages, compiler }),
    packages,
    hasVitest: packages.has("vitest"),
    isModule: manifest["type"] === "module",
    senders: config === undefined ? [] : sendersIn(config),
    takesEndings:
      compiler === undefined ||
      /"(?:allowImportingTsExtensions|rewriteRelativeImportExtensions)"\s*:\s*true/.test(compiler),
  };
}

/** What was generated before says so itself. */
function isOnLambda(read: (name: string) => string | undefined): boolean {
  const routes = read("webhooks/routes.ts") ?? read("webhooks/routes.js");
  return routes?.includes('"surehook/lambda"') === true;
}

function packagesOf(manifest: Readonly<Record<string, unknown>>): ReadonlySet<string> {
  const parts = [manifest["dependencies"], manifest["devDependencies"]];
  return new Set(parts.flatMap((part) => Object.keys(Object(part))));
}

function frameworkOf(packages: ReadonlySet<string>): Framework | undefined {
  // In their order: NestJS brings Express, and an application of Next.js may have a server of its own.
  const found = Object.entries(frameworkPackages).find(([name]) => packages.has(name));
  return found?.[1];
}

function languageOf(project: {
  readonly packages: ReadonlySet<string>;
  readonly compiler: string | undefined;
}): Language {
  const isTyped = project.compiler !== undefined || project.packages.has("typescript");
  return isTyped ? "typescript" : "javascript";
}

const lockFiles = new Map<string, PackageManager>(
  Object.entries({
    "package-lock.json": "npm",
    "pnpm-lock.yaml": "pnpm",
    "yarn.lock": "yarn",
    "bun.lock": "bun",
    "bun.lockb": "bun",
  } as const),
);

/** By the project's own word, else its lock file, else what runs this. */
function managerOf(
  folder: string,
  { named, userAgent }: { readonly named: unknown; readonly userAgent: string | undefined },
): PackageManager {
  const files = existsSync(folder) ? readdirSync(folder) : [];
  const locked = files.map((file) => lockFiles.get(file)).find((manager) => manager !== undefined);
  return managerIn(named) ?? locked ?? managerIn(userAgent) ?? "npm";
}

function managerIn(text: unknown): PackageManager | undefined {
  const name = typeof text === "string" ? /^(npm|pnpm|yarn|bun)[@/]/.exec(text)?.[1] : undefined;
  return (["npm", "pnpm", "yarn", "bun"] as const).find((manager) => manager === name);
}
