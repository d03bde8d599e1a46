/**
 * The AWS emulator (MiniStack) that tests deploy and deliver to: on loopback only, over TLS and with IAM
 * enforced, so that a missing right or a policy for TLS fails here as it does on AWS.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, openSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { request } from "node:https";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { until } from "./until.ts";

const exec = promisify(execFile);
const root = join(import.meta.dirname, "..", "..");
const folder = join(root, "test", "emulator");
const cache = join(root, "node_modules", ".cache", "surehook-emulator");
const startMs = 60_000;

/** What MiniStack must not see: by these it would not give its Lambdas the certificate, or talk to itself. */
const hidden = [
  "NODE_EXTRA_CA_CERTS",
  "AWS_CA_BUNDLE",
  "REQUESTS_CA_BUNDLE",
  "SSL_CERT_FILE",
  "CURL_CA_BUNDLE",
  "AWS_ENDPOINT_URL",
  "AWS_PROFILE",
  "AWS_SESSION_TOKEN",
];

/** What a client of the emulator needs to know. */
export type EmulatorFacts = {
  readonly endpoint: string;
  /** The file of its certificate, which is its own authority. */
  readonly certFile: string;
  /** What roles did: a line of JSON for each request that was judged by their rights. */
  readonly actsFile: string;
  /** For processes: where it is, whom it lets in, whom to trust. */
  readonly env: Readonly<Record<string, string>>;
};

/** An emulator that runs. */
export type Emulator = EmulatorFacts & { readonly stop: () => Promise<void> };

/** The Python to run it with; undefined where there is none of 3.11 or later. */
export async function findPython(): Promise<string | undefined> {
  for (const name of ["python3", "python3.13", "python3.12", "python3.11", "python"]) {
    const isNew = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))";
    const fits = await exec(name, ["-c", isNew]).then(
      () => true,
      () => false,
    );
    if (fits) return name;
  }
  return undefined;
}

/** Starts an emulator on a free port. The first time it installs its packages, pinned by their hashes. */
export async function startEmulator(python: string): Promise<Emulator> {
  const interpreter = await installed(python);
  const place = await mkdtemp(join(tmpdir(), "surehook-emulator-"));
  const port = await freePort();
  const endpoint = `https://127.0.0.1:${port}`;
  const logFile = join(place, "emulator.log");
  const log = openSync(logFile, "a");
  const child = spawn(interpreter, [join(folder, "serve.py")], {
    env: serverEnv(place, port),
    stdio: ["ignore", log, log],
  });
  const stop = stopper(child, place);
  const certFile = join(place, "ministack-tls", "server.crt");
  try {
    await until(
      "the emulator's health",
      () => {
        if (child.exitCode !== null) throw new Error(`The emulator ended: ${child.exitCode}.`);
        return isHealthy(port, certFile);
      },
      startMs,
    );
  } catch (error) {
    const text = await readFile(logFile, "utf8");
    await stop();
    throw new Error(`The emulator did not start. Its log ends:\n${text.slice(-4000)}`, {
      cause: error,
    });
  }
  const env = clientEnv(endpoint, certFile);
  return { endpoint, certFile, actsFile: actsIn(place), env, stop };
}

/** A virtual environment with the emulator's packages; made once for each list of them and each Python. */
async function installed(python: string): Promise<string> {
  const list = join(folder, "requirements.txt");
  const { stdout: version } = await exec(python, ["-c", "import sys; print(sys.version)"]);
  const key = createHash("sha256").update(readFileSync(list)).update(version).digest("hex");
  const ready = join(cache, key.slice(0, 16));
  const interpreter = join(ready, "bin", "python");
  if (existsSync(ready)) return interpreter;
  await mkdir(cache, { recursive: true });
  const part = await mkdtemp(join(cache, "part-"));
  await exec(python, ["-m", "venv", part]);
  const pip = ["-m", "pip", "install", "--quiet", "--require-hashes", "--requirement", list];
  await exec(join(part, "bin", "python"), pip, { timeout: 600_000 });
  // Whole or not at all; another process may have been faster.
  await rename(part, ready).catch(async (error) => {
    await rm(part, { recursive: true, force: true });
    if (!existsSync(ready)) throw error;
  });
  return interpreter;
}

function actsIn(place: string): string {
  return join(place, "acts.jsonl");
}

function serverEnv(place: string, port: number): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !hidden.includes(name));
  return {
    ...Object.fromEntries(inherited),
    BIND_HOST: "127.0.0.1",
    GATEWAY_PORT: String(port),
    MINISTACK_HOST: "localhost",
    IOT_MTLS_ENABLED: "0",
    USE_SSL: "1",
    AUTH: "true",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    // It runs handlers with the first `node` of the path: ours, and the SDK that Lambda's runtime brings.
    PATH: `${join(process.execPath, "..")}:${process.env["PATH"] ?? ""}`,
    NODE_PATH: join(root, "node_modules"),
    PYTHONDONTWRITEBYTECODE: "1",
    SUREHOOK_ACTS: actsIn(place),
    TMPDIR: place,
  };
}

function clientEnv(endpoint: string, certFile: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: "us-east-1",
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CA_BUNDLE: certFile,
    NODE_EXTRA_CA_CERTS: certFile,
    CDK_DEFAULT_ACCOUNT: "000000000000",
    CDK_DEFAULT_REGION: "us-east-1",
    CDK_DISABLE_CLI_TELEMETRY: "1",
  };
}

async function isHealthy(port: number, certFile: string): Promise<boolean> {
  if (!existsSync(certFile)) return false;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const ca = readFileSync(certFile);
  const ask = request({ host: "127.0.0.1", port, path: "/_ministack/health", ca }, (answer) => {
    answer.resume();
    resolve(answer.statusCode === 200);
  });
  ask.on("error", () => resolve(false));
  ask.end();
  return await promise;
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

function stopper(child: ChildProcess, place: string): () => Promise<void> {
  return async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), 10_000);
      await ended;
      clearTimeout(late);
    }
    await rm(place, { recursive: true, force: true });
  };
}
