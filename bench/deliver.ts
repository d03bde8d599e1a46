import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { BenchSettings } from "./ingest.ts";
import { gatewayEnvironment } from "./ingest.ts";
import type { Server } from "./process.ts";
import { startServer } from "./process.ts";
import { figure, show } from "./stats.ts";
import { load, presign } from "./wrk.ts";

type Round = {
  readonly ratio: number;
  readonly cpuMicros: number;
  readonly bareCpuMicros: number;
  readonly deliveredPerSecond: number;
  readonly events: number;
  readonly rssMiB: number;
};

/** From accept to the sink's 200 and settled, in CPU per event against a bare server's request. */
export async function benchDeliver(settings: BenchSettings): Promise<Record<string, unknown>> {
  const folder = join(process.env["BENCH_FOLDER"] ?? tmpdir(), `surehook-bench-${process.pid}`);
  const bare = await startServer({ file: new URL("loads/bare.ts", import.meta.url), core: 0 });
  const sink = await startServer({ file: new URL("loads/sink.ts", import.meta.url), core: 1 });
  const gateway = await startServer({
    file: new URL("loads/gateway.ts", import.meta.url),
    core: 0,
    env: {
      ...gatewayEnvironment(folder, settings),
      BENCH_DELIVER: "1",
      BENCH_SINK: `http://127.0.0.1:${sink.port}/in`,
    },
  });
  const rounds: Round[] = [];
  try {
    await measure({ bare, sink, gateway }, { settings, folder, round: 0 });
    for (let round = 1; round <= settings.rounds; round += 1) {
      const one = await measure({ bare, sink, gateway }, { settings, folder, round });
      rounds.push(one);
      console.log(
        `round ${round}: ${one.events} events, ${one.cpuMicros.toFixed(1)} µs CPU each (${one.ratio.toFixed(2)} × bare's ${one.bareCpuMicros.toFixed(1)}), ${one.deliveredPerSecond.toFixed(0)} delivered/s, ${one.rssMiB.toFixed(0)} MiB`,
      );
    }
  } finally {
    for (const server of [gateway, sink, bare]) await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  const ratio = figure(rounds.map((round) => round.ratio));
  console.log(
    `CPU per event, accepted, delivered and settled: ${show(ratio, 2)} × the bare server's`,
  );
  return { rounds, cpuRatio: ratio };
}

async function measure(
  servers: { readonly bare: Server; readonly sink: Server; readonly gateway: Server },
  at: { readonly settings: BenchSettings; readonly folder: string; readonly round: number },
): Promise<Round> {
  const { settings, folder, round } = at;
  presign(folder, { round, count: settings.seconds * 60_000, ids: settings.ids });
  const bareCpuMicros = await bareCost(servers.bare, { settings, folder });
  const sunk = (await servers.sink.usage()).settled;
  const before = await servers.gateway.usage();
  const { requests } = await load({ ...settings, folder, port: servers.gateway.port, core: 1 });
  const events = await allDelivered(servers.sink, { sunk, atLeast: requests });
  const after = await servers.gateway.usage();
  const cpuMicros = (after.cpuMicros - before.cpuMicros) / events;
  return {
    ratio: cpuMicros / bareCpuMicros,
    cpuMicros,
    bareCpuMicros,
    deliveredPerSecond: (events / (after.atMs - before.atMs)) * 1000,
    events,
    rssMiB: after.rssBytes / 1_048_576,
  };
}

async function bareCost(
  bare: Server,
  at: { readonly settings: BenchSettings; readonly folder: string },
): Promise<number> {
  const before = await bare.usage();
  const { requests } = await load({
    ...at.settings,
    seconds: 3,
    folder: at.folder,
    port: bare.port,
    core: 1,
  });
  return ((await bare.usage()).cpuMicros - before.cpuMicros) / requests;
}

/** Waits until the sink has had them all and a second has passed in which nothing came. */
async function allDelivered(
  sink: Server,
  from: { readonly sunk: number; readonly atLeast: number },
): Promise<number> {
  let last = -1;
  for (;;) {
    const received = (await sink.usage()).settled - from.sunk;
    if (received >= from.atLeast && received === last) return received;
    last = received;
    await wait(1_000);
  }
}
