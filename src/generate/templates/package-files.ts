/** package.json and the compiler's settings. */
import type { Choices, Framework } from "../choices.ts";
import { endingOf, type GeneratedFile } from "../file.ts";
import { typePackageOf } from "../senders/files.ts";

type Versions = Readonly<Record<string, string>>;

const dependenciesOf: Readonly<Record<Framework, Versions>> = {
  express: { express: "^5.0.0" },
  fastify: { fastify: "^5.0.0" },
  hono: { hono: "^4.0.0", "@hono/node-server": "^2.0.0" },
  koa: { koa: "^3.0.0" },
  nest: {
    "@nestjs/common": "^12.0.0",
    "@nestjs/core": "^12.0.0",
    "@nestjs/platform-express": "^12.0.0",
    "reflect-metadata": "^0.2.2",
    rxjs: "^7.8.0",
  },
  next: { next: "^16.0.0", react: "^19.0.0", "react-dom": "^19.0.0" },
  node: {},
  lambda: {},
};

const typesOf: Readonly<Partial<Record<Framework, Versions>>> = {
  express: { "@types/express": "^5.0.0" },
  koa: { "@types/koa": "^3.0.0" },
  next: { "@types/react": "^19.0.0" },
  lambda: { "@aws-sdk/client-dynamodb": "^3.1000.0" },
};

/** What deploys functions. */
const deploying: Versions = {
  "aws-cdk": "^2.1148.0",
  "aws-cdk-lib": "^2.276.0",
  constructs: "^10.8.1",
  esbuild: "^0.28.2",
};

/** The package by which a framework is recognised. */
export const frameworkPackages: Readonly<Record<string, Framework>> = {
  "@nestjs/core": "nest",
  next: "next",
  express: "express",
  fastify: "fastify",
  hono: "hono",
  koa: "koa",
};

/** What the generated parts need to know of a project. */
export type PackageOptions = {
  readonly choices: Choices;
  /** Version of surehook that generates. */
  readonly version: string;
  /** Whether there is no project yet. */
  readonly isNew: boolean;
  /** The folder's name. */
  readonly name: string;
  /** Whether tests run by vitest; by Node.js where not. */
  readonly hasVitest: boolean;
};

/** package.json: a new one, or what one lacks. */
export function packageJson(options: PackageOptions): GeneratedFile {
  const { choices, version, isNew, name } = options;
  const isTyped = choices.language === "typescript";
  const wanted: Manifest = {
    scripts: { ...(isNew ? startScripts(choices) : {}), ...toolScripts(options) },
    dependencies: {
      ...dependenciesOf[choices.framework],
      surehook: `^${version}`,
    },
    devDependencies: {
      ...(isTyped ? developing(choices) : {}),
      ...(choices.framework === "lambda" ? deploying : {}),
    },
  };
  const fresh = { name: name || "webhooks", version: "0.0.0", private: true, type: "module" };
  return {
    path: "package.json",
    text: json(withMissing(fresh, wanted)),
    extend: (existing) => {
      const manifest = record(existing);
      if (manifest === undefined) return undefined;
      const extended = withMissing(manifest, wanted);
      return same(manifest, extended) ? existing : json(extended, indentOf(existing));
    },
  };
}

type Manifest = Readonly<Record<"scripts" | "dependencies" | "devDependencies", Versions>>;

function developing({ framework, senders, senderTypes }: Choices): Versions {
  const packages = senderTypes ? senders.map(typePackageOf) : [];
  return {
    ...typesOf[framework],
    ...Object.fromEntries(packages.flatMap((one) => (one ? [[one.name, one.version]] : []))),
    "@types/node": "^24.0.0",
    typescript: framework === "next" ? "^5.9.0" : "^6.0.0",
  };
}

function startScripts({ framework, language }: Choices): Versions {
  const ending = language === "typescript" ? "ts" : "js";
  const run = "node --env-file-if-exists=.env";
  if (framework === "lambda") {
    return { start: `${surehookScript} start --local`, ...checkScript(language) };
  }
  const check = checkScript(language);
  if (framework === "next")
    return { build: "next build", start: "next start -H 127.0.0.1", ...check };
  if (framework !== "nest") return { start: `${run} server.${ending}`, ...check };
  return { build: "tsc -p tsconfig.build.json", start: `${run} dist/main.js`, ...check };
}

function checkScript(language: Choices["language"]): Versions {
  return language === "typescript" ? { check: "tsc --noEmit" } : {};
}

const surehookScript = "node --env-file-if-exists=.env node_modules/surehook/dist/cli/main.js";

function toolScripts(options: PackageOptions): Versions {
  const { framework, language } = options.choices;
  const stack = `infrastructure/webhooks.${endingOf(language)}`;
  const deploy = { "deploy:webhooks": `cdk deploy --all --app "node ${stack}"` };
  return {
    "test:webhooks": testScript(options),
    surehook: surehookScript,
    ...(framework === "lambda" ? deploy : {}),
  };
}

function testScript({ choices, hasVitest }: PackageOptions): string {
  if (hasVitest) return "vitest run tests/webhooks";
  const ending = choices.language === "typescript" ? "ts" : "js";
  return `node --test "tests/webhooks/*.test.${ending}"`;
}

/** A dependency that stands among others of the project isn't asked for again. */
function withMissing(manifest: object, wanted: Manifest): Readonly<Record<string, unknown>> {
  const all: Record<string, unknown> = { ...manifest };
  const here = { ...table(all, "dependencies"), ...table(all, "devDependencies") };
  for (const [part, versions] of Object.entries(wanted)) {
    const known = part === "scripts" ? table(all, "scripts") : here;
    const missing = Object.entries(versions).filter(([name]) => known[name] === undefined);
    if (missing.length === 0) continue;
    const merged = { ...table(all, part), ...Object.fromEntries(missing) };
    all[part] = part === "scripts" ? merged : sorted(merged);
  }
  return all;
}

function table(manifest: Readonly<Record<string, unknown>>, name: string): Record<string, unknown> {
  const value = manifest[name];
  return typeof value === "object" && value !== null ? { ...value } : {};
}

function sorted(versions: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(versions).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Text as a JSON object; undefined where it is none. */
export function record(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ""));
    const isRecord = typeof value === "object" && value !== null && !Array.isArray(value);
    return isRecord ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** JSON with a line's end. */
export function json(value: unknown, indent: string | number = 2): string {
  return `${JSON.stringify(value, null, indent)}\n`;
}

/** The indent that a JSON text is written with. */
export function indentOf(text: string): string {
  return /^\{\r?\n([ \t]+)/.exec(text)?.[1] ?? "  ";
}

/** Whether two values are the same JSON. */
export function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

const compilerOptions = {
  target: "es2024",
  lib: ["es2024"],
  module: "nodenext",
  types: ["node"],
  strict: true,
  noUncheckedIndexedAccess: true,
  verbatimModuleSyntax: true,
  skipLibCheck: true,
  noEmit: true,
  allowImportingTsExtensions: true,
};

const nestOptions = {
  ...compilerOptions,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  rewriteRelativeImportExtensions: true,
};

const nextOptions = {
  target: "es2022",
  lib: ["dom", "dom.iterable", "esnext"],
  allowJs: true,
  skipLibCheck: true,
  strict: true,
  noEmit: true,
  esModuleInterop: true,
  module: "esnext",
  moduleResolution: "bundler",
  allowImportingTsExtensions: true,
  resolveJsonModule: true,
  isolatedModules: true,
  jsx: "react-jsx",
  incremental: true,
  plugins: [{ name: "next" }],
};

/** What a new project is compiled by. */
export function compilerFiles(framework: Framework): readonly GeneratedFile[] {
  const exclude = ["node_modules", "dist"];
  if (framework === "next") {
    const include = ["next-env.d.ts", "**/*.ts", "**/*.tsx", ".next/types/**/*.ts"];
    return [
      { path: "tsconfig.json", text: json({ compilerOptions: nextOptions, include, exclude }) },
    ];
  }
  const options = framework === "nest" ? nestOptions : compilerOptions;
  const own = { path: "tsconfig.json", text: json({ compilerOptions: options, exclude }) };
  if (framework !== "nest") return [own];
  const build = {
    extends: "./tsconfig.json",
    compilerOptions: { noEmit: false, rootDir: "src", outDir: "dist" },
    include: ["src"],
  };
  return [own, { path: "tsconfig.build.json", text: json(build) }];
}
