/** As somebody new would do it: from `npm create surehook` to a handled event, by nothing but what is printed. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../support/gateway-process.ts";
import { until } from "../support/until.ts";
import { environment, type Packed, packed, run, useTarball } from "./packed.ts";

/** What such a trial may take, the registry's part in it too. */
const longestMs = 180_000;
const patienceMs = 600_000;

let packages: Packed;
let running: ChildProcess | undefined;

beforeAll(async () => {
  packages = await packed();
}, patienceMs);

afterAll(async () => {
  if (running?.pid !== undefined && running.exitCode === null) {
    const ended = once(running, "exit");
    process.kill(-running.pid, "SIGKILL");
    await ended;
  }
  packages.remove();
});

/** The commands that are printed, in their order. */
function commandsIn(said: string): readonly string[] {
  const [, steps = ""] = said.split("\nNext:\n");
  return steps.split("\n").flatMap((line) => (line.startsWith("  ") ? [line.trim()] : []));
}

function orderStates(folder: string): readonly unknown[] {
  const file = join(folder, ".surehook/application.db");
  if (!existsSync(file)) return [];
  // The application may be making it at this moment.
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
  try {
    return database.prepare("SELECT state FROM orders").all();
  } finally {
    database.close();
  }
}

test(
  "an empty folder has a handled, typed and tested event of Stripe's in under three minutes",
  async ({ annotate }) => {
    const startedAt = performance.now();
    const laps: string[] = [];
    const lap = (name: string) => {
      laps.push(`${name} ${Math.round((performance.now() - startedAt) / 1000)} s`);
    };
    const words = ["shop", "--senders", "stripe", "--framework", "express", "--yes"];
    const given = packages.tarballs.flatMap((path) => ["--package", path]);
    const create = ["npm", "exec", "--yes", ...given, "--", "create-surehook", ...words] as const;
    const [change, ...commands] = commandsIn(await run(packages.folder, create));
    lap("create");
    expect(change).toBe("cd shop");
    const folder = join(packages.folder, "shop");
    // What is printed is for port 3000, which may be taken here.
    const port = String(await freePort());
    useTarball(folder, packages.tarball);
    for (const command of commands) {
      if (command.endsWith("start")) start(folder, command, port);
      else if (command.includes(" send ")) {
        await whenItListens(port);
        expect(await sh(folder, command.replace("--port 3000", `--port ${port}`))).toContain("200");
      } else await sh(folder, command);
      lap(command);
    }
    await until("the order is paid", () => orderStates(folder).length === 1);
    lap("handled");
    await annotate(laps.join(", "));
    expect(commands).toContain("npm run test:webhooks");
    expect(commands).toContain("npm run check");
    expect(performance.now() - startedAt, laps.join(", ")).toBeLessThan(longestMs);
  },
  patienceMs,
);

function sh(folder: string, command: string): Promise<string> {
  return run(folder, ["sh", "-c", command]);
}

function start(folder: string, command: string, port: string): void {
  const [program = "", ...words] = command.split(" ");
  running = spawn(program, words, {
    cwd: folder,
    detached: true,
    stdio: "ignore",
    env: { ...environment, PORT: port },
  });
}

/** A person waits until the application says that it listens. */
async function whenItListens(port: string): Promise<void> {
  const health = `http://127.0.0.1:${port}/webhooks/health`;
  const listens = () =>
    fetch(health).then(
      ({ ok }) => ok,
      () => false,
    );
  await until("the application listens", listens, longestMs);
}
