/** The packages as a stranger gets them: packed, and installed in a folder of tools. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { root } from "../../scripts/bootstrap.mjs";

const exec = promisify(execFile);

/** Nothing of this run but the path, with this Node.js first. */
export const environment: Readonly<Record<string, string | undefined>> = {
  HOME: process.env["HOME"],
  PATH: `${dirname(process.execPath)}${delimiter}${process.env["PATH"]}`,
  // Authorities that this machine trusts beside Node.js's own, such as a proxy's before the registry.
  NODE_EXTRA_CA_CERTS: process.env["NODE_EXTRA_CA_CERTS"],
  CI: "1",
  NEXT_TELEMETRY_DISABLED: "1",
  // A connection of the registry that hangs is tried again before a test gives up.
  npm_config_fetch_timeout: "15000",
  npm_config_fetch_retries: "5",
  npm_config_fetch_retry_mintimeout: "1000",
  npm_config_fetch_retry_maxtimeout: "5000",
};

/** Runs a command to its end. Throws with all that it said where it fails. */
export async function run(
  folder: string,
  [program, ...args]: readonly [string, ...string[]],
  env: Readonly<Record<string, string | undefined>> = environment,
): Promise<string> {
  try {
    const options = { cwd: folder, env: { ...env }, maxBuffer: 64 * 1_048_576 };
    return (await exec(program, args, options)).stdout;
  } catch (error) {
    const { stdout = "", stderr = "" } = Object(error) as { stdout?: string; stderr?: string };
    throw new Error(`${program} ${args.join(" ")}\n${stdout.slice(-8000)}\n${stderr.slice(-8000)}`);
  }
}

/** The packed packages. */
export type Packed = {
  /** Applications are made below it. */
  readonly folder: string;
  /** Path of the packed surehook. */
  readonly tarball: string;
  /** Those of both packages. */
  readonly tarballs: readonly string[];
  /** Runs `npm create surehook` in a folder, as it is once the package was fetched. */
  readonly create: (folder: string, ...words: readonly string[]) => Promise<string>;
  /** Path of a program among the tools. */
  readonly tool: (name: string) => string;
  /** Adds tools: package managers. */
  readonly install: (...names: readonly string[]) => Promise<void>;
  readonly remove: () => void;
};

const quiet = ["--prefer-offline", "--no-audit", "--no-fund"] as const;

/** Packs both packages and installs them. */
export async function packed(): Promise<Packed> {
  const folder = mkdtempSync(join(tmpdir(), "surehook-generate-"));
  const tools = join(folder, "tools");
  mkdirSync(tools);
  // Package managers fetch or build what they run by scripts of their own.
  const allowScripts = { pnpm: true, yarn: true, bun: true };
  writeFileSync(join(tools, "package.json"), JSON.stringify({ private: true, allowScripts }));
  await run(root, ["npm", "pack", "--pack-destination", folder]);
  await run(join(root, "create-surehook"), ["npm", "pack", "--pack-destination", folder]);
  const tarballs = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  const paths = tarballs.map((name) => join(folder, name));
  await run(tools, ["npm", "install", "--prefix", tools, ...paths, ...quiet]);
  const tool = (name: string): string => join(tools, "node_modules", ".bin", name);
  return {
    folder,
    tarball: join(folder, tarballs.find((name) => name.startsWith("surehook-")) ?? ""),
    tarballs: paths,
    create: (into, ...words) => run(into, [tool("create-surehook"), ...words]),
    tool,
    install: async (...names) => {
      await run(tools, ["npm", "install", "--prefix", tools, ...names, ...quiet]);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Has an application ask for the packed surehook in place of one that is published. */
export function useTarball(folder: string, tarball: string): void {
  const path = join(folder, "package.json");
  const manifest = JSON.parse(readFileSync(path, "utf8"));
  manifest.dependencies.surehook = `file:${tarball}`;
  writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`);
}

/** Installs what an application asks for, with the packed surehook. */
export async function install(folder: string, manager: string, tarball: string): Promise<void> {
  useTarball(folder, tarball);
  await run(folder, [manager, "install", ...(manager === "npm" ? quiet : [])]);
}
