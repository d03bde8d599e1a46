/** What is published works as a stranger gets it: packed, installed in an empty folder, started, sent to, replayed, stopped. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { root } from "../../scripts/bootstrap.mjs";

const exec = promisify(execFile);
const secret = "a-secret-of-the-pack-test";

/** Nothing of this run but the path, with this Node.js first, as on a stranger's machine. */
const environment = {
  HOME: process.env["HOME"],
  PATH: `${dirname(process.execPath)}${delimiter}${process.env["PATH"]}`,
  SIGNING_SECRET: secret,
};

let folder = "";
let consumer = "";
let installed = "";
let running: ChildProcess | undefined;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "surehook-pack-"));
  consumer = join(folder, "consumer");
  installed = join(consumer, "node_modules", "surehook");
  mkdirSync(consumer);
  await exec("npm", ["pack", "--pack-destination", folder], { cwd: root, env: environment });
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz")) ?? "";
  writeFileSync(join(consumer, "package.json"), '{ "private": true, "type": "module" }\n');
  const flags = ["--omit=dev", "--prefer-offline", "--no-audit", "--no-fund"];
  await exec("npm", ["install", join("..", tarball), ...flags], {
    cwd: consumer,
    env: environment,
  });
});

afterEach(() => {
  running?.kill("SIGKILL");
  running = undefined;
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A config with a `code` destination whose module, in TypeScript, appends each event's id to `seen`; `more` are settings of its source. */
function writeProject(into: string, more = ""): { readonly config: string; readonly seen: string } {
  const config = join(into, "surehook.config.ts");
  const seen = join(into, "seen.txt");
  writeFileSync(
    config,
    `import { defineGateway, secret } from "surehook";
import { code } from "surehook/destinations";
import { hmac } from "surehook/providers";

export default defineGateway({
  sources: {
    shop: hmac({
      path: "/in",
      header: "x-signature",
      type: { header: "x-event-type" },
      secrets: [secret("SIGNING_SECRET")],
      ${more}
    }),
  },
  destinations: { note: code(() => import("./note.ts")) },
  routes: [{ from: "shop", to: "note" }],
});
`,
  );
  writeFileSync(
    join(into, "note.ts"),
    `import { appendFileSync } from "node:fs";
import type { CodeEvent } from "surehook/destinations";

export function handle(event: CodeEvent): void {
  appendFileSync(${JSON.stringify(seen)}, \`\${event.id}\\n\`);
}
`,
  );
  return { config, seen };
}

async function freePort(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return String(typeof address === "object" ? address?.port : address);
}

async function until<T>(what: string, look: () => T | Promise<T>): Promise<NonNullable<T>> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    const found = await look();
    if (found) return found;
    await pause(50);
  }
  throw new Error(`waited in vain for ${what}`);
}

/** Starts the gateway and waits until it is ready. */
async function startGateway(
  [program, ...args]: readonly [string, ...string[]],
  { cwd, port }: { readonly cwd: string; readonly port: string },
): Promise<ChildProcess> {
  const gateway = spawn(program, args, {
    cwd,
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  running = gateway;
  let output = "";
  gateway.stdout.on("data", (chunk) => {
    output += chunk;
  });
  gateway.stderr.on("data", (chunk) => {
    output += chunk;
  });
  await until("the gateway to be ready", async () => {
    if (gateway.exitCode !== null) throw new Error(`the gateway ended:\n${output}`);
    const answer = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined);
    return answer?.ok;
  });
  return gateway;
}

async function stop(gateway: ChildProcess): Promise<unknown> {
  const ended = once(gateway, "exit");
  gateway.kill("SIGTERM");
  const [code] = await ended;
  return code;
}

const linesOf = (file: string) =>
  existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];

describe("the package", () => {
  test("holds what is built and nothing else", () => {
    expect(readdirSync(installed).sort()).toEqual(
      ["LICENSE", "README.md", "dist", "package.json", "schema"].filter(
        (name) => name !== "README.md" || existsSync(join(root, name)),
      ),
    );
    const files = readdirSync(join(installed, "dist"), { recursive: true, encoding: "utf8" });
    const odd = files.filter(
      (file) => /\.[a-z]+$/.test(file) && !/(?<!\.test)\.(?:js|d\.ts|json)$/.test(file),
    );
    expect(odd).toEqual([]);
    expect(files.filter((file) => file.includes("conformance"))).toEqual([]);
  });

  test("has every file that its exports and its bin name", () => {
    const { exports, bin } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
    const targets: string[] = Object.values<Record<string, string> | string>(exports).flatMap(
      (target) =>
        typeof target === "string" ? [target] : [target["types"] ?? "", target["default"] ?? ""],
    );
    const missing = targets.filter((target) => !existsSync(join(installed, target)));
    expect(missing).toEqual([]);
    accessSync(join(installed, bin.surehook), constants.X_OK);
  });

  test("has types that a strict config compiles with", async () => {
    const project = join(consumer, "typed");
    mkdirSync(project);
    writeProject(project);
    writeFileSync(
      join(project, "tsconfig.json"),
      JSON.stringify({
        compilerOptions: {
          target: "es2024",
          module: "nodenext",
          strict: true,
          exactOptionalPropertyTypes: true,
          allowImportingTsExtensions: true,
          noEmit: true,
          typeRoots: [join(root, "node_modules/@types")],
          types: ["node"],
        },
        include: ["*.ts"],
      }),
    );
    const compile = () =>
      exec(process.execPath, [join(root, "node_modules/typescript7/bin/tsc"), "-p", project]).catch(
        ({ stdout }: { readonly stdout: string }) => ({ stdout }),
      );
    expect((await compile()).stdout).toBe("");

    const config = readFileSync(join(project, "surehook.config.ts"), "utf8");
    const wrong = config.replace('to: "note"', 'to: "notes"');
    writeFileSync(join(project, "surehook.config.ts"), wrong);
    expect((await compile()).stdout).toContain('"notes"');
  });
});

describe("the gateway that a stranger installed", () => {
  test("starts, takes an event, shows it, replays it, and stops with 0", async () => {
    const { seen } = writeProject(consumer);
    const port = await freePort();
    const common = ["--config", "surehook.config.ts"];
    const surehook = async (...args: string[]) =>
      (await exec("npx", ["--no", "surehook", ...args], { cwd: consumer, env: environment }))
        .stdout;

    const bin = join("node_modules", ".bin", "surehook");
    const gateway = await startGateway([bin, "start", ...common, "--port", port], {
      cwd: consumer,
      port,
    });
    await surehook("send", "shop", "order.created", ...common, "--port", port);
    const [id = ""] = await until("the first run of the handler", () => {
      const lines = linesOf(seen);
      return lines.length >= 1 ? lines : undefined;
    });
    expect(await surehook("events", "list", "--json", ...common)).toContain(id);

    await surehook("replay", id, ...common);
    await until("the second run of the handler", () => linesOf(seen).length >= 2);
    expect(linesOf(seen)).toEqual([id, id]);
    expect(await stop(gateway)).toBe(0);
  });

  test("runs a config in a folder without node_modules, as a global install or a container does", async () => {
    const elsewhere = join(folder, "elsewhere");
    mkdirSync(elsewhere);
    const { config, seen } = writeProject(elsewhere);
    const port = await freePort();
    const main = join(installed, "dist", "cli", "main.js");
    const gateway = await startGateway(
      [process.execPath, main, "start", "--config", config, "--port", port],
      { cwd: elsewhere, port },
    );
    const send = [main, "send", "shop", "order.created", "--config", config, "--port", port];
    await exec(process.execPath, send, { cwd: elsewhere, env: environment });
    await until("the handler's run", () => linesOf(seen).length >= 1);
    expect(await stop(gateway)).toBe(0);
  });
});

describe("what a stranger deploys", () => {
  /** As `npm install --save-dev` would put them there. */
  const peers = ["aws-cdk-lib", "constructs", "esbuild", "@esbuild"];

  test("is synthesized and bundled from the package, with no credentials and nothing to ask", async () => {
    const project = join(consumer, "deployed");
    mkdirSync(project);
    writeProject(project, 'schemas: { "order.*": { type: "object", required: ["order"] } },');
    for (const peer of peers) {
      symlinkSync(join(root, "node_modules", peer), join(consumer, "node_modules", peer));
    }
    writeFileSync(
      join(project, "app.ts"),
      `import { App, Stack } from "aws-cdk-lib";
import { Surehook } from "surehook/cdk";
import gateway from "./surehook.config.ts";

const stack = new Stack(new App(), "Webhooks", { env: { region: "us-east-1" } });
new Surehook(stack, "Gateway", { gateway, entry: "surehook.config.ts" });
`,
    );
    const out = join(project, "cdk.out");
    const env = { ...environment, CDK_OUTDIR: out };
    await exec(process.execPath, ["app.ts"], { cwd: project, env });
    const template = JSON.parse(readFileSync(join(out, "Webhooks.template.json"), "utf8"));
    const types = Object.values<{ readonly Type: string }>(template.Resources).map(
      ({ Type }) => Type,
    );
    expect(types.filter((type) => type === "AWS::Lambda::Function")).toHaveLength(5);
    const assets = readdirSync(out).filter((name) => name.startsWith("asset."));
    expect(assets).toHaveLength(5);
    const texts = assets.map((asset) => readFileSync(join(out, asset, "index.js"), "utf8"));
    // The receiver alone holds events against schemas.
    expect(texts.filter((text) => text.includes("must have required property"))).toHaveLength(1);
  });
});
