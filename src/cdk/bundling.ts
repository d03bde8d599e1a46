/** The code of a gateway's functions: bundled at once, or a placeholder where nothing is bundled. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Stack } from "aws-cdk-lib";
import { Code } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import { GatewayError, messageOf } from "../core/errors.ts";
import type { FunctionRole } from "./gateway-function.ts";
import type { Plan } from "./plan.ts";
import type { Wanted } from "./unused-code.ts";

/** Sources run unbuilt: then what is beside them is TypeScript too. */
const isUnbuilt = import.meta.url.endsWith(".ts");
const ending = isUnbuilt ? "ts" : "js";

/** What a function has of destinations and of the user's modules; one that isn't here has all. */
type Share = { readonly kinds?: readonly string[]; readonly modules: Modules };
/** Modules that the config imports when they are wanted, as it names them. */
type Modules = "all" | readonly string[];
const namesOnly: Share = { kinds: [], modules: [] };
const shares: Readonly<Partial<Record<FunctionRole, Share>>> = {
  receiver: namesOnly,
  authorizer: namesOnly,
  sweeper: namesOnly,
  archiver: namesOnly,
  broadcaster: namesOnly,
  // Who resumes gets the forms of its route, which a module may give.
  live: { kinds: ["websocket"], modules: "all" },
  refresher: { kinds: ["salesforce"], modules: [] },
};

/** What is bundled. */
export type BundlingOptions = Partial<Pick<Wanted, "makesCloudEvents">> & {
  /** The config module; a relative path is from where the CDK runs. */
  readonly entry: string;
  readonly roles: readonly FunctionRole[];
  /** Modules by which sources answer, which the receiver calls. */
  readonly answering?: Modules;
  /** Whether a source has schemas. */
  readonly hasSchemas?: boolean;
  /** Those of them that are JSON, which are compiled. */
  readonly jsonSchemas?: Plan["jsonSchemas"];
  /** What the functions' environment has beside what the stack sets: a schema may follow from it. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
};

/** The code of each function. */
export function codeFor(
  scope: Construct,
  { entry, ...options }: BundlingOptions,
): (role: FunctionRole) => Code {
  if (!Stack.of(scope).bundlingRequired) return () => placeholder;
  const config = isAbsolute(entry) ? entry : resolve(entry);
  if (!existsSync(config)) {
    throw new GatewayError(
      "CONFIG_INVALID",
      `There is no file ${config}: entry must be the config's.`,
    );
  }
  const folder = bundleAll({ entry: config, ...options });
  return (role) => Code.fromAsset(join(folder, role));
}

const placeholder = Code.fromInline("exports.handler = async () => undefined;");

/** Bundles functions into a new folder, one below it for each. */
export function bundleAll(options: BundlingOptions): string {
  const { entry, roles, makesCloudEvents = false, answering = [], hasSchemas = false } = options;
  // As the bundler names it, which has to know the config again among what imports.
  const config = realpathSync(entry);
  const folder = mkdtempSync(join(tmpdir(), "surehook-functions-"));
  const functions = roles.map((role) => ({
    ...sourceOf(role),
    folder: join(folder, role),
    ...(shares[role] ?? { modules: "all" }),
    ...(role === "receiver" ? { modules: answering } : {}),
  }));
  const schemas = hasSchemas ? compileSchemas(config, options, folder) : undefined;
  const order = JSON.stringify({ config, isUnbuilt, makesCloudEvents, schemas, functions });
  execFileSync(process.execPath, [beside(`./bundle.${ending}`), order], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  return folder;
}

/**
 * Has schemas looked at as the receiver would at its start, and those that are JSON compiled into a file, whose path it
 * returns. Throws CONFIG_INVALID with every one that can't be used.
 */
function compileSchemas(
  config: string,
  { jsonSchemas = [], environment = {} }: BundlingOptions,
  folder: string,
): string {
  const file = join(folder, "schemas.json");
  const { status, stderr } = spawnSync(
    process.execPath,
    [beside(`../app/lambda/compile-schemas.${ending}`)],
    {
      input: jsonOf({ config, environment, sources: jsonSchemas, file }),
      stdio: ["pipe", "inherit", "pipe"],
      encoding: "utf8",
    },
  );
  if (status !== 0) throw new GatewayError("CONFIG_INVALID", stderr.trim());
  return file;
}

/** A schema that was written in code may be none of JSON: a circle, say. */
function jsonOf(order: unknown): string {
  try {
    return JSON.stringify(order);
  } catch (error) {
    throw new GatewayError(
      "CONFIG_INVALID",
      `A JSON Schema of a source can't be written as JSON: ${messageOf(error)}`,
      { cause: error },
    );
  }
}

function sourceOf(role: FunctionRole): { readonly file: string; readonly exportName?: string } {
  if (role === "cleaner") return { file: beside(`./cleaner.${ending}`) };
  return { file: beside(`../app/lambda/${role}.${ending}`), exportName: role };
}

function beside(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
