import type { ChildProcess } from "node:child_process";
import { fork } from "node:child_process";
import { once } from "node:events";
import { gatewayFlags } from "../scripts/bootstrap.mjs";

/** What a server process tells of itself. CPU is of all its threads, in microseconds. */
export type Usage = {
  readonly cpuMicros: number;
  readonly atMs: number;
  readonly rssBytes: number;
  readonly settled: number;
};

/** A server that is measured, in a process of its own on one core. */
export type Server = {
  readonly port: number;
  readonly usage: () => Promise<Usage>;
  readonly stop: () => Promise<void>;
};

/** Starts a load file on a core; it says its port when it listens. */
export async function startServer(options: {
  readonly file: URL;
  readonly core: number;
  readonly env?: Readonly<Record<string, string>>;
}): Promise<Server> {
  const child = fork(options.file, [], {
    execPath: "taskset",
    execArgv: [
      "-c",
      String(options.core),
      process.execPath,
      "--no-warnings",
      ...(process.env["BENCH_FLAGS"]?.split(" ") ?? gatewayFlags),
    ],
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const [first] = await once(child, "message");
  return {
    port: (first as { port: number }).port,
    usage: () => ask(child),
    stop: async () => {
      const ended = once(child, "exit");
      child.send("stop");
      await ended;
    },
  };
}

async function ask(child: ChildProcess): Promise<Usage> {
  child.send("usage");
  const [usage] = await once(child, "message");
  return usage as Usage;
}
