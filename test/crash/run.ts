/** By hand: `node test/crash/run.ts --rounds 100 [--connections 16] [--rate 1000] [--events 500] [--bytes 3072]`. Ends with 1 where anything was lost. */
import { parseArgs } from "node:util";
import { crashRounds } from "./rounds.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "20" },
    connections: { type: "string", default: "16" },
    rate: { type: "string", default: "1000" },
    events: { type: "string", default: "500" },
    bytes: { type: "string", default: "3072" },
  },
});
const report = await crashRounds({
  rounds: Number(values.rounds),
  connections: Number(values.connections),
  perSecond: Number(values.rate),
  perRound: Number(values.events),
  largestBytes: Number(values.bytes),
  say: (text) => process.stderr.write(`${text}\n`),
});
process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
const wrongs = Object.values(report).filter((value) => Array.isArray(value) && value.length > 0);
process.exitCode = wrongs.length > 0 ? 1 : 0;
