/** The code of a gateway's functions: bundled at once, or a placeholder where nothing is bundled. */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Stack } from "aws-cdk-lib";
import { Code } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import { GatewayError } from "../core/errors.ts";
import type { FunctionRole } from "./gateway-function.ts";
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
export type BundlingOptions = Partial<Wanted> & {
  /** The config module; a relative path is from where the CDK runs. */
  readonly entry: string;
  readonly roles: readonly FunctionRole[];
  /** Modules by which sources answer, which the receiver calls. */
  readonly answering?: Modules;
};

/** The code of each function. */
export function codeFor(
  scope: Construct,
  { entry, hasSchemas, ...options }: BundlingOptions & { readonly hasSchemas: boolean },
): (role: FunctionRole) => Code {
  if (!Stack.of(scope).bundlingRequired) return () => placeholder;
  const config = isAbsolute(entry) ? entry : resolve(entry);
  if (!existsSync(config)) {
    throw new GatewayError(
      "CONFIG_INVALID",
      `There is no file ${config}: entry must be the config's.`,
    );
  }
  if (hasSchemas) checkSchemas(config);
  const folder = bundleAll({ entry: config, ...options });
  return (role) => Code.fromAsset(join(folder, role));
}

/** Schemas are compiled as the receiver would at its start, in a process of its own: some compilers are loaded late. */
function checkSchemas(config: string): void {
  const { status, stderr } = spawnSync(
    process.execPath,
    [beside(`../app/lambda/check-schemas.${ending}`), config],
    { stdio: ["ignore", "inherit", "pipe"], encoding: "utf8" },
  );
  if (status !== 0) throw new GatewayError("CONFIG_INVALID", stderr.trim());
}

const placeholder = Code.fromInline("exports.handler = async () => undefined;");

/** Bundles functions into a new folder, one below it for each. */
export function bundleAll({
  entry,
  roles,
  checksJsonSchemas = false,
  makesCloudEvents = false,
  answering = [],
}: BundlingOptions): string {
  // As the bundler names it, which has to know the config again among what imports.
  const config = realpathSync(entry);
  const folder = mkdtempSync(join(tmpdir(), "surehook-functions-"));
  const functions = roles.map((role) => ({
    ...sourceOf(role),
    folder: join(folder, role),
    ...(shares[role] ?? { modules: "all" }),
    ...(role === "receiver" ? { modules: answering } : {}),
  }));
  const wanted: Wanted = { checksJsonSchemas, makesCloudEvents };
  const order = JSON.stringify({ config, isUnbuilt, ...wanted, functions });
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
