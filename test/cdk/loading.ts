/** How long a bundled function takes until it can be called. */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { root } from "../../scripts/bootstrap.mjs";

/** What a stack sets, and functions read when they are loaded. */
const variables = [
  "SUREHOOK_TABLE",
  "SUREHOOK_BUCKET",
  "SUREHOOK_BUS",
  "SUREHOOK_QUEUE_URL",
  "SUREHOOK_DEAD_QUEUE_URL",
  "SUREHOOK_CONNECTIONS_TABLE",
  "SUREHOOK_CALLBACK_URL",
  "SUREHOOK_TOPIC_ARN",
];

/** Loads a function in a process of its own, as Lambda would; milliseconds of a processor, whatever else the machine does. */
export function initialisationMs(file: string): number {
  const script =
    "const start = process.cpuUsage();" +
    `const { handler } = require(${JSON.stringify(file)});` +
    "const { user, system } = process.cpuUsage(start);" +
    "process.stdout.write(JSON.stringify([typeof handler, (user + system) / 1000]));" +
    // A function may keep something open for its next event.
    "process.exit();";
  const env = {
    PATH: process.env["PATH"],
    NODE_PATH: join(root, "node_modules"),
    AWS_REGION: "us-east-1",
    SUREHOOK_PUBLIC_URL: "https://gateway.example",
    ...Object.fromEntries(variables.map((name) => [name, "given-by-the-stack"])),
  };
  const output = execFileSync(process.execPath, ["--input-type=commonjs", "--eval", script], {
    env,
    encoding: "utf8",
    timeout: 30_000,
  });
  const [kind, ms]: [string, number] = JSON.parse(output);
  if (kind !== "function") throw new Error(`${file} has no handler.`);
  return ms;
}
