/** Starts gateways as child processes and ends exactly those. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "../../scripts/bootstrap.mjs";
import { within } from "./until.ts";

/** Compiled code is kept between starts, and between runs of the tests: it halves the CPU time of each. */
export const compileCache = join(root, "node_modules", ".cache", "surehook-test-compile");

/** The script that runs a gateway from a config. */
export const runner = fileURLToPath(new URL("./run-gateway.ts", import.meta.url));

/** A gateway in a process of its own. */
export type GatewayProcess = {
  readonly child: ChildProcess;
  readonly url: string;
  readonly port: number;
  /** What it has written to standard error. */
  readonly log: () => string;
  /** Ends it by SIGTERM; its exit code. */
  readonly stop: () => Promise<number | null>;
  /** Ends it by SIGKILL. */
  readonly kill: () => Promise<void>;
};

/** What is started. */
export type StartOptions = {
  readonly config: string;
  readonly store: string;
  readonly port?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Another script than `run-gateway.ts`. */
  readonly script?: string;
  /** Words between the script and the config. */
  readonly words?: readonly string[];
  /** Words put before `node`, such as strace and its options. */
  readonly under?: readonly string[];
  readonly deadlineMs?: number;
};

/** Starts a gateway and waits until it listens. Throws with what it wrote where it doesn't. */
export async function startGateway(options: StartOptions): Promise<GatewayProcess> {
  const { under = [], script = runner, words = [] } = options;
  const line = [...under, process.execPath, script, ...words, options.config];
  const child = spawn(line[0] as string, line.slice(1), {
    env: {
      PATH: process.env["PATH"],
      SUREHOOK_STORE: options.store,
      PORT: String(options.port ?? 0),
      SUREHOOK_LOG_LEVEL: "error",
      NODE_COMPILE_CACHE: compileCache,
      ...options.env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  return await listening(child, options.deadlineMs ?? 30_000);
}

/** Waits until a child says where it listens, by a line that holds `"url":"…"` or an address. */
export async function listening(child: ChildProcess, deadlineMs: number): Promise<GatewayProcess> {
  const written = { out: "", err: "" };
  child.stderr?.on("data", (chunk) => {
    written.err += String(chunk);
  });
  const exited = once(child, "exit") as Promise<[number | null]>;
  const said = new Promise<{ url: string; pid: number | undefined }>((resolve, reject) => {
    child.stdout?.on("data", (chunk) => {
      written.out += String(chunk);
      const found = /https?:\/\/(?:127\.0\.0\.1|localhost):\d+/.exec(written.out);
      const pid = /"pid":(\d+)/.exec(written.out)?.[1];
      if (found && written.out.includes("\n")) {
        resolve({ url: found[0], pid: pid === undefined ? child.pid : Number(pid) });
      }
    });
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      const text = `It ended (${code ?? signal}) before it listened: ${written.out}${written.err}`;
      reject(new Error(text));
    });
  });
  const { url, pid } = await within("a gateway that listens", said, deadlineMs).catch((error) => {
    child.kill("SIGKILL");
    throw new Error(`${error.message} ${written.out}${written.err}`);
  });
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    // Its own id, since the child may be what it runs under.
    if (child.exitCode === null && child.signalCode === null) process.kill(pid as number, signal);
    const [code] = await within(`an end by ${signal}`, exited, 40_000);
    return code;
  };
  return {
    child,
    url,
    port: Number(new URL(url).port),
    log: () => written.err,
    stop: () => end("SIGTERM"),
    kill: async () => void (await end("SIGKILL")),
  };
}

/** A port that was free a moment ago, for gateways that come back on the same one. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("No port is free.");
  return address.port;
}

/** A folder for one test's files, and what takes it away. */
export function scratch(name: string): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), `surehook-${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Writes a config module into a folder: the body of `defineGateway({ … })`; its path. */
export function writeConfig(folder: string, definition: string): string {
  const path = join(folder, "surehook.config.ts");
  const text = `import { defineGateway, secret } from "surehook";
import { code, http } from "surehook/destinations";
import { github, hmac, shopify, standardWebhooks, stripe } from "surehook/providers";

void [code, http, github, hmac, shopify, standardWebhooks, stripe, secret];
export default defineGateway(${definition});
`;
  writeFileSync(path, text);
  return path;
}
