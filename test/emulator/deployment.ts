/** An example as its user deploys it, with the CDK's own command line: synthesized, bootstrapped, deployed, destroyed. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";

const exec = promisify(execFile);
const root = join(import.meta.dirname, "..", "..");
const cdk = join(root, "node_modules", "aws-cdk", "bin", "cdk");
const account = "000000000000";

/** A stack's outputs by its name. */
export type Outputs = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** An example that is deployed. */
export type Deployment = {
  readonly outputs: Outputs;
  /** Removes all of its stacks. */
  readonly destroy: () => Promise<void>;
};

/** How it is deployed. */
export type DeployOptions = {
  readonly context?: Readonly<Record<string, string>>;
  /** Values of stack parameters, by `stack:Name`. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  /** What makes the stacks. */
  readonly app?: string;
};

/** Runs the CDK's command line in the folder of an example, or in one that is named whole; a fault tells the end of what it said. */
async function run(example: string, args: readonly string[], env: DeployOptions["env"]) {
  const path = `${dirname(process.execPath)}:${process.env["PATH"]}`;
  try {
    await exec(process.execPath, [cdk, ...args], {
      cwd: resolve(root, "examples", example),
      env: { ...process.env, ...env, PATH: path, NO_COLOR: "1", CI: "1" },
      maxBuffer: 1 << 26,
    });
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    const text = `${stdout}\n${stderr}`.slice(-6000);
    throw new Error(`cdk ${args[0]} of ${example} failed:\n${text}`, { cause: error });
  }
}

/** Synthesizes an example into a new folder, whose path it returns; needs no network and no credentials. */
export async function synthesize(
  example: string,
  { context = {}, env, app = "bin/app.ts" }: DeployOptions,
): Promise<string> {
  const out = await mkdtemp(join(tmpdir(), "surehook-cdk-"));
  const settings = Object.entries(context).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  // In the repository the examples' `surehook` is the sources.
  const program = `node --conditions=surehook-source ${app}`;
  await run(example, ["synth", "--quiet", "--output", out, "--app", program, ...settings], env);
  return out;
}

/** Deploys all stacks of an example. */
export async function deploy(example: string, options: DeployOptions): Promise<Deployment> {
  const { env, parameters = {} } = options;
  const out = await synthesize(example, options);
  // Always of what was synthesized: otherwise `bootstrap` would synthesize again, and bundle nothing.
  const app = ["--app", out];
  await run(example, ["bootstrap", ...app, `aws://${account}/us-east-1`], env);
  const outputsFile = join(out, "outputs.json");
  const given = Object.entries(parameters).flatMap(([name, value]) => [
    "--parameters",
    `${name}=${value}`,
  ]);
  const quiet = ["--require-approval", "never", "--progress", "events"];
  await run(
    example,
    ["deploy", "--all", ...app, ...quiet, ...given, "--outputs-file", outputsFile],
    env,
  );
  return {
    outputs: JSON.parse(await readFile(outputsFile, "utf8")),
    destroy: async () => {
      await run(example, ["destroy", "--all", ...app, "--force"], env);
      await rm(out, { recursive: true, force: true });
    },
  };
}
