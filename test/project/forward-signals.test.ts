import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { root } from "../../scripts/bootstrap.mjs";

const module = JSON.stringify(join(root, "scripts/forward-signals.mjs"));

/** A script that runs `inner` in the foreground, and the lines that `inner` writes. */
function start(inner: string): {
  readonly script: ChildProcess;
  readonly lines: AsyncIterator<string>;
} {
  const outer = `import { runInForeground } from ${module};
    const options = { cwd: process.cwd(), env: process.env };
    process.exitCode = await runInForeground(process.execPath, ["-e", ${JSON.stringify(inner)}], options);`;
  const script = spawn(process.execPath, ["--input-type=module", "-e", outer], {
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  const lines = createInterface({ input: script.stdout })[Symbol.asyncIterator]();
  return { script, lines };
}

const stopsOnSignal = `let count = 0;
  for (const name of ["SIGINT", "SIGTERM"]) process.on(name, () => {
    count += 1;
    if (count === 1) setTimeout(() => { console.log(name, count); process.exit(7); }, 300);
  });
  console.log("ready");
  setInterval(() => {}, 1000);`;

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  test(`${signal} reaches the program once, and its exit code comes back`, async () => {
    const { script, lines } = start(stopsOnSignal);
    expect((await lines.next()).value).toBe("ready");
    const ended = once(script, "exit");
    // The terminal signals the whole group, and npm passes its own on: both must count as one.
    process.kill(-(script.pid ?? 0), signal);
    script.kill(signal);
    expect((await lines.next()).value).toBe(`${signal} 1`);
    expect(await ended).toEqual([7, null]);
  });
}

test("a program under npm is ended with npm's shell, even if the shell passes no signal on", async () => {
  const outer = `import { runInForeground } from ${module};
    const options = { cwd: process.cwd(), env: process.env };
    await runInForeground(process.execPath, ["-e", ${JSON.stringify(stopsOnSignal)}], options);`;
  const quoted = `'${outer.replaceAll("'", "'\\''")}'`;
  // The second command keeps the shell from becoming the script.
  const shell = spawn("sh", ["-c", `"${process.execPath}" --input-type=module -e ${quoted}; :`], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, npm_lifecycle_event: "start" },
  });
  const lines = createInterface({ input: shell.stdout })[Symbol.asyncIterator]();
  expect((await lines.next()).value).toBe("ready");
  shell.kill("SIGTERM");
  expect((await lines.next()).value).toBe("SIGTERM 1");
});

test("a program that a signal ends gives 128 and the signal's number", async () => {
  const { script } = start('process.kill(process.pid, "SIGKILL")');
  expect(await once(script, "exit")).toEqual([137, null]);
});
