/** A folder with a config of its own, and the real command line run in it as child processes. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { compileCache } from "../support/gateway-process.ts";

/** The sources' command line. */
export const mainFile = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

/** Secrets of the config; no output may hold one. */
export const secrets = {
  SHOP_SECRET: "shop-secret-of-the-cli-test",
  STRIPE_SECRET: "whsec_of_the_cli_test",
};

const config = `import { defineGateway, secret } from "surehook";
import { code } from "surehook/destinations";
import { github, hmac, stripe } from "surehook/providers";

export default defineGateway({
  sources: {
    stripe: stripe({ path: "/stripe", secrets: [secret("STRIPE_SECRET")] }),
    shop: hmac({
      path: "/shop",
      header: "x-signature",
      type: { header: "x-event-type" },
      secrets: [secret("SHOP_SECRET")],
    }),
    tenants: hmac({ path: "/t/:tenant", header: "x-signature", secrets: [secret("SHOP_SECRET")] }),
    off: github({ path: "/github", secrets: [secret("MISSING_SECRET", { optional: true })] }),
  },
  destinations: {
    note: code(() => import("./note.ts"), { retry: { attempts: 1 } }),
    spare: code(() => import("./note.ts")),
  },
  routes: [{ from: ["stripe", "shop"], to: "note" }],
});
`;

/** Why the handler fails: longer than a line of most terminals. */
export const longReason =
  "the order could not be put into the warehouse, since its database was not to be reached through the proxy in between";

/** A handler that notes each event's id, and fails those of type \`boom\`. */
const handler = `import { appendFileSync } from "node:fs";

export function handle(event: { id: string; type: string }): void {
  if (event.type === "boom") throw new Error("${longReason}");
  appendFileSync(new URL("./seen.txt", import.meta.url), \`\${event.id}\\n\`);
}
`;

/** What a command printed, and its exit code (128 and the signal's number where one ended it). */
export type Ran = { readonly code: number; readonly out: string; readonly err: string };

/** How a command is run. */
export type RunOptions = {
  readonly env?: NodeJS.ProcessEnv;
  /** Where it is run, from the folder. */
  readonly cwd?: string;
  /** As a user whom modes of files hold for, also where root runs the tests. */
  readonly isNobody?: boolean;
  /** Called with the child, for signals and for closing its output. */
  readonly meanwhile?: (child: ChildProcess) => void | Promise<void>;
};

/** A folder with a config, and perhaps a gateway that runs it. */
export class GatewayFolder {
  readonly path = mkdtempSync(join(tmpdir(), "surehook-cli-"));
  url = "";
  gateway: ChildProcess | undefined;
  /** What `start` printed. */
  greeting = "";
  log = "";
  #waiting: (() => void)[] = [];

  constructor() {
    writeFileSync(join(this.path, "surehook.config.ts"), config);
    writeFileSync(join(this.path, "note.ts"), handler);
    writeFileSync(join(this.path, "seen.txt"), "");
  }

  /** Writes a file into the folder, so that nobody sees half of it; its path. */
  write(name: string, text: string | Buffer): string {
    const path = join(this.path, name);
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
    return path;
  }

  /** Ids of the events that the handler has seen. */
  seen(): string[] {
    return readFileSync(join(this.path, "seen.txt"), "utf8").split("\n").slice(0, -1);
  }

  /** Runs a command to its end. */
  async run(words: readonly string[], { meanwhile, ...options }: RunOptions = {}): Promise<Ran> {
    const child = this.#spawn(words, options);
    let [out, err] = ["", ""];
    child.stdout?.on("data", (chunk) => {
      out += chunk;
    });
    child.stderr?.on("data", (chunk) => {
      err += chunk;
    });
    const ended = once(child, "close");
    await meanwhile?.(child);
    const [code] = await ended;
    return { code: code ?? -1, out, err };
  }

  /** Runs a command on a copy of the store in a folder where nothing can be written. */
  async lookAtCopy(words: readonly string[], { env, ...options }: RunOptions = {}): Promise<Ran> {
    const copy = join(this.path, "kept");
    if (!existsSync(copy)) cpSync(join(this.path, ".surehook"), copy, { recursive: true });
    const files = readdirSync(copy).map((name) => join(copy, name));
    for (const file of files.filter((one) => statSync(one).isFile())) chmodSync(file, 0o444);
    chmodSync(copy, 0o555);
    try {
      const own = { SUREHOOK_STORE: "kept/surehook.db", ...env };
      return await this.run(words, { ...options, isNobody: true, env: own });
    } finally {
      chmodSync(copy, 0o755);
    }
  }

  /** Runs a command that must succeed; what it printed. */
  async ok(...words: readonly string[]): Promise<string> {
    const { code, out, err } = await this.run(words);
    if (code !== 0)
      throw new Error(`surehook ${words.join(" ")} ended with ${code}:\n${out}${err}`);
    return out;
  }

  /** The JSON that a command printed. */
  async json(...words: readonly string[]) {
    return JSON.parse(await this.ok(...words, "--json"));
  }

  /** Starts the gateway on a free port and waits until it listens. */
  async start(...options: readonly string[]): Promise<void> {
    await this.#run("start", options);
  }

  /** As `start`, by `surehook dev`. */
  async dev(...options: readonly string[]): Promise<void> {
    await this.#run("dev", options);
  }

  async #run(command: "start" | "dev", options: readonly string[]): Promise<void> {
    const child = this.#spawn([command, "--port", "0", "--local", ...options]);
    this.gateway = child;
    this.greeting = "";
    child.stdout?.on("data", (chunk) => {
      this.greeting += chunk;
      this.#wake();
    });
    child.stderr?.on("data", (chunk) => {
      this.log += chunk;
      this.#wake();
    });
    child.once("close", () => this.#wake());
    await until("the gateway to listen", () => {
      if (child.exitCode !== null) throw new Error(`start ended:\n${this.greeting}${this.log}`);
      return this.greeting.includes("Or without it");
    });
    this.url = /https?:\/\/[\d.]+:\d+/.exec(this.greeting)?.[0] ?? "";
  }

  /** Waits for what the gateway prints, as long as it runs: a busy machine has time until the test's own end. */
  async prints(isThere: (printed: { readonly out: string; readonly log: string }) => boolean) {
    while (!isThere({ out: this.greeting, log: this.log })) {
      const { exitCode, signalCode } = this.gateway ?? { exitCode: 0 };
      if (exitCode !== null || signalCode)
        throw new Error(`It ended:\n${this.greeting}${this.log}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** Signals the gateway and waits for its end; its exit code. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<number> {
    const child = this.gateway;
    if (child === undefined) return 0;
    const ended = once(child, "exit");
    child.kill(signal);
    const [code] = await ended;
    this.gateway = undefined;
    return code;
  }

  /** Ends what runs and removes the folder. */
  remove(): void {
    this.gateway?.kill("SIGKILL");
    rmSync(this.path, { recursive: true, force: true });
  }

  #spawn(
    words: readonly string[],
    { env = {}, cwd = ".", isNobody = false }: RunOptions = {},
  ): ChildProcess {
    if (isNobody) chmodSync(this.path, 0o755);
    const base = {
      HOME: this.path,
      PATH: `${dirname(process.execPath)}:${process.env.PATH}`,
      NODE_COMPILE_CACHE: compileCache,
      TZ: "Europe/Berlin",
      ...secrets,
    };
    return spawn(process.execPath, [mainFile, ...words], {
      cwd: join(this.path, cwd),
      env: { ...base, ...env },
      ...(isNobody && process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}),
      stdio: ["ignore", "pipe", "pipe"],
    });
  }
}

/** Waits until something is so. */
export async function until(what: string, look: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline) {
    if (await look()) return;
    await pause(25);
  }
  throw new Error(`waited in vain for ${what}`);
}
