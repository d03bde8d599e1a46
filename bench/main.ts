/**
 * `npm run bench -- ingest|deliver|websocket|verify [--rounds N] [--seconds N] [--connections N]
 * [--clients N] [--ids stripe|random] [--sync pool|inline]`
 *
 * BENCH_FLAGS: Node's flags for both servers, in place of those that a gateway is started with.
 *
 * Server and load each have a core of their own (taskset). Rounds of the baseline and of the gateway
 * alternate, so that a machine that drifts drifts for both; figures are medians, with their spread.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { benchDeliver } from "./deliver.ts";
import { benchIngest } from "./ingest.ts";
import { describeMachine } from "./machine.ts";
import { benchVerify } from "./verify.ts";
import { benchWebsocket } from "./websocket.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "8" },
    connections: { type: "string", default: "64" },
    clients: { type: "string", default: "10000" },
    sync: { type: "string", default: "pool" },
    ids: { type: "string", default: "stripe" },
    save: { type: "boolean", default: true },
  },
  allowNegative: true,
});

const settings = {
  rounds: Number(values.rounds),
  seconds: Number(values.seconds),
  connections: Number(values.connections),
  clients: Number(values.clients),
  sync: values.sync === "inline" ? ("inline" as const) : ("pool" as const),
  ids: values.ids === "random" ? ("random" as const) : ("stripe" as const),
};

const benches = {
  ingest: benchIngest,
  deliver: benchDeliver,
  websocket: benchWebsocket,
  verify: benchVerify,
};
const name = positionals[0] as keyof typeof benches;
if (!Object.hasOwn(benches, name ?? "")) {
  console.error("Say what to measure: npm run bench -- ingest, deliver, websocket or verify");
  process.exit(2);
}
const machine = describeMachine();
console.log(`${machine.cpu}, ${machine.cores} cores, ${machine.system}, Node.js ${machine.node}`);
console.log(describeLoad());
const result = await benches[name](settings);
if (values.save) {
  const folder = join(import.meta.dirname, "results");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}-${new Date().toISOString().slice(0, 10)}.json`);
  const report = { bench: name, at: new Date().toISOString(), machine, settings, ...result };
  writeFileSync(file, `${JSON.stringify(report, undefined, 2)}\n`);
  console.log(`written to ${file}`);
}

function describeLoad(): string {
  const { rounds, seconds, clients, connections, ids, sync } = settings;
  if (name === "verify") return `${rounds} rounds, bodies of 2 KiB`;
  const load =
    name === "websocket"
      ? `${clients} clients, bodies of 512 bytes`
      : `${connections} connections, bodies of 2 KiB, ids: ${ids}`;
  return `${rounds} rounds of ${seconds} s, ${load}, sync: ${sync}`;
}
