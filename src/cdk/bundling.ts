/** The code of a gateway's functions: bundled at once, or a placeholder where nothing is bundled. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Stack } from "aws-cdk-lib";
import { Code } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import { GatewayError } from "../core/errors.ts";
import type { FunctionRole } from "./gateway-function.ts";

/** Sources run unbuilt: then what is beside them is TypeScript too. */
const isUnbuilt = import.meta.url.endsWith(".ts");
const ending = isUnbuilt ? "ts" : "js";

/** Functions that know destinations by name only. */
const lean: readonly FunctionRole[] = [
  "receiver",
  "authorizer",
  "sweeper",
  "archiver",
  "broadcaster",
];

/** What is bundled. */
export type BundlingOptions = {
  /** The config module; a relative path is from where the CDK runs. */
  readonly entry: string;
  readonly roles: readonly FunctionRole[];
  /** Whether a sender is proven by what must be fetched first. */
  readonly fetchesKeys: boolean;
  /** Whether a source has a JSON Schema. */
  readonly checksJsonSchemas: boolean;
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
  const { entry: config, roles, fetchesKeys, checksJsonSchemas } = options;
  const folder = mkdtempSync(join(tmpdir(), "surehook-functions-"));
  const functions = roles.map((role) => ({
    ...sourceOf(role),
    folder: join(folder, role),
    isLean: lean.includes(role),
  }));
  const order = JSON.stringify({ config, isUnbuilt, fetchesKeys, checksJsonSchemas, functions });
  execFileSync(process.execPath, [beside(`./bundle.${ending}`), order], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  return folder;
}

function sourceOf(role: FunctionRole): { readonly file: string; readonly exportName?: string } {
  if (role === "cleaner") return { file: beside(`./cleaner.${ending}`) };
  return { file: beside(`../app/lambda/${role}.${ending}`), exportName: role };
}

function beside(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
