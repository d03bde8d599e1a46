import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { coreTimes } from "./machine.ts";
import type { Server } from "./process.ts";
import { startServer } from "./process.ts";
import type { Figure } from "./stats.ts";
import { figure, show } from "./stats.ts";
import type { IdForm } from "./wrk.ts";
import { benchSecret, load, presign } from "./wrk.ts";

/** How a bench is run. */
export type BenchSettings = {
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
  /** Live clients. */
  readonly clients: number;
  readonly sync: "pool" | "inline";
  readonly ids: IdForm;
};

type Round = {
  readonly perSecond: number;
  readonly cpuMicros: number;
  readonly p50: number;
  readonly p99: number;
  readonly busy: number;
  readonly rssMiB: number;
  readonly failed: number;
};

const serverCore = 0;
const loadCore = 1;
/** Until the code of both is compiled. */
const warmUpSeconds = 6;
/** More than any server here answers in a second. */
const mostPerSecond = 60_000;

/** Accepted, verified and stored events against a bare server, side by side. */
export async function benchIngest(settings: BenchSettings): Promise<Record<string, unknown>> {
  const folder = join(process.env["BENCH_FOLDER"] ?? tmpdir(), `surehook-bench-${process.pid}`);
  const bare = await startServer({
    file: new URL("loads/bare.ts", import.meta.url),
    core: serverCore,
  });
  const gateway = await startServer({
    file: new URL("loads/gateway.ts", import.meta.url),
    core: serverCore,
    env: gatewayEnvironment(folder, settings),
  });
  const rounds: { bare: Round; gateway: Round }[] = [];
  try {
    await measure(bare, { settings: { ...settings, seconds: warmUpSeconds }, folder, round: 0 });
    await measure(gateway, { settings: { ...settings, seconds: warmUpSeconds }, folder, round: 1 });
    for (let round = 0; round < settings.rounds; round += 1) {
      const pair = {
        bare: await measure(bare, { settings, folder, round: 2 * round + 2 }),
        gateway: await measure(gateway, { settings, folder, round: 2 * round + 3 }),
      };
      rounds.push(pair);
      console.log(
        `round ${round + 1}: bare ${line(pair.bare)}\n         gateway ${line(pair.gateway)}`,
      );
    }
  } finally {
    await gateway.stop();
    await bare.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  return summarize(rounds);
}

/** What the gateway of the bench is started with. */
export function gatewayEnvironment(
  folder: string,
  settings: Pick<BenchSettings, "sync">,
): Record<string, string> {
  return {
    BENCH_SECRET: benchSecret,
    BENCH_SIGNING_SECRET: "whsec_c3VyZWhvb2stYmVuY2gtc2lnbmluZy1rZXktMDEyMw==",
    BENCH_SYNC: settings.sync,
    SUREHOOK_STORE: join(folder, "store", "surehook.db"),
    SUREHOOK_LOG_LEVEL: "error",
  };
}

async function measure(
  server: Server,
  at: { readonly settings: BenchSettings; readonly folder: string; readonly round: number },
): Promise<Round> {
  const { settings, folder, round } = at;
  presign(folder, { round, count: settings.seconds * mostPerSecond, ids: settings.ids });
  const before = await server.usage();
  const coreBefore = coreTimes(serverCore);
  const loaded = await load({ ...settings, folder, port: server.port, core: loadCore });
  const coreAfter = coreTimes(serverCore);
  const after = await server.usage();
  const cpuMicros = after.cpuMicros - before.cpuMicros;
  return {
    perSecond: loaded.perSecond,
    cpuMicros: cpuMicros / loaded.requests,
    p50: loaded.p50,
    p99: loaded.p99,
    busy: (coreAfter.busy - coreBefore.busy) / (coreAfter.all - coreBefore.all),
    rssMiB: after.rssBytes / 1_048_576,
    failed: loaded.failed,
  };
}

function line(round: Round): string {
  return `${round.perSecond.toFixed(0)}/s, ${round.cpuMicros.toFixed(1)} µs CPU, p50 ${round.p50.toFixed(1)} ms, p99 ${round.p99.toFixed(1)} ms, core ${(round.busy * 100).toFixed(0)} % busy, ${round.rssMiB.toFixed(0)} MiB, ${round.failed} failed`;
}

function summarize(
  all: readonly { readonly bare: Round; readonly gateway: Round }[],
): Record<string, unknown> {
  // By the baseline: it says whether the load was enough. The gateway's core also waits for the disk.
  const rounds = all.filter(({ bare }) => bare.busy > 0.95);
  const used = rounds.length > 0 ? rounds : all;
  if (rounds.length < all.length) {
    console.log(
      `${all.length - rounds.length} rounds had the bare server's core under 95 % busy and don't count`,
    );
  }
  const over = (pick: (pair: (typeof all)[number]) => number): Figure => figure(used.map(pick));
  const summary = {
    rounds: all,
    counted: rounds.length,
    cpuRatio: over(({ bare, gateway }) => gateway.cpuMicros / bare.cpuMicros),
    throughputRatio: over(({ bare, gateway }) => gateway.perSecond / bare.perSecond),
    bareCpuMicros: over(({ bare }) => bare.cpuMicros),
    gatewayCpuMicros: over(({ gateway }) => gateway.cpuMicros),
    gatewayPerSecond: over(({ gateway }) => gateway.perSecond),
    p99Ms: over(({ gateway }) => gateway.p99),
    rssMiB: over(({ gateway }) => gateway.rssMiB),
  };
  console.log(`CPU per event: ${show(summary.cpuRatio, 2)} × the bare server's`);
  console.log(`throughput: ${show(summary.throughputRatio, 2)} × the bare server's`);
  console.log(
    `gateway: ${show(summary.gatewayPerSecond)} events/s, ${show(summary.gatewayCpuMicros, 1)} µs, p99 ${show(summary.p99Ms, 1)} ms, ${show(summary.rssMiB)} MiB`,
  );
  return summary;
}
