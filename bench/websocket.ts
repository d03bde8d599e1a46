import { readFileSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { BenchSettings } from "./ingest.ts";
import { gatewayEnvironment } from "./ingest.ts";
import type { Server } from "./process.ts";
import { startServer } from "./process.ts";
import { figure, show } from "./stats.ts";

/** Events a second while delays are measured: a load that leaves either server time to rest. */
const pacedPerSecond = 5;
/** Events under way, from their post to the last client, while it is measured how many go out. */
const floodEvents = 32;
const bodyBytes = 512;
/** What has not arrived by then has been lost. */
const arrivalMs = 60_000;

type Phase = {
  readonly events: number;
  readonly perSecond: number;
  /** Server CPU for one event to one client, in microseconds. */
  readonly cpuMicros: number;
  /** From the post to a client's having it, in milliseconds. */
  readonly p50: number;
  readonly p99: number;
};

type Round = { readonly paced: Phase; readonly flood: Phase; readonly rssMiB: number };
type Target = { readonly server: Server; readonly path: string };
type Field = { readonly clients: Server; readonly settings: BenchSettings };

/** Events to all live clients, against the ws library's broadcast to the same clients. */
export async function benchWebsocket(settings: BenchSettings): Promise<Record<string, unknown>> {
  requireFiles(settings.clients + 500);
  const folder = join(process.env["BENCH_FOLDER"] ?? tmpdir(), `surehook-bench-${process.pid}`);
  const clients = await startServer({
    file: new URL("loads/live-clients.ts", import.meta.url),
    core: 1,
  });
  const bare = await startServer({ file: new URL("loads/bare-live.ts", import.meta.url), core: 0 });
  const gateway = await startServer({
    file: new URL("loads/gateway.ts", import.meta.url),
    core: 0,
    env: {
      ...gatewayEnvironment(folder, settings),
      BENCH_CONFIG: new URL("loads/live.config.ts", import.meta.url).pathname,
      BENCH_DELIVER: "1",
    },
  });
  const rounds: { bare: Round; gateway: Round }[] = [];
  try {
    const field = { clients, settings };
    for (let round = 0; round < settings.rounds; round += 1) {
      const pair = {
        bare: await measure({ server: bare, path: "/" }, field),
        gateway: await measure({ server: gateway, path: "/in" }, field),
      };
      rounds.push(pair);
      console.log(
        `round ${round + 1}: bare    ${line(pair.bare)}\n         gateway ${line(pair.gateway)}`,
      );
    }
  } finally {
    for (const server of [gateway, bare, clients]) await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  const ratio = (of: (round: Round) => number) =>
    figure(rounds.map((pair) => of(pair.gateway) / of(pair.bare)));
  const ratios = {
    pacedCpu: ratio(({ paced }) => paced.cpuMicros),
    floodCpu: ratio(({ flood }) => flood.cpuMicros),
    floodPerSecond: ratio(({ flood }) => flood.perSecond),
    pacedP99: ratio(({ paced }) => paced.p99),
  };
  console.log(
    `against bare: CPU per client and event ${show(ratios.pacedCpu, 2)} × paced, ${show(ratios.floodCpu, 2)} × flooded; events/s ${show(ratios.floodPerSecond, 2)} ×; p99 ${show(ratios.pacedP99, 2)} ×`,
  );
  return { rounds, ratios };
}

async function measure(target: Target, field: Field): Promise<Round> {
  const { clients, settings } = field;
  const { port } = target.server;
  await tell(clients, `/connect?port=${port}&count=${settings.clients}`);
  await phase(target, field, (post) => post());
  const paced = await phase(target, field, async (post) => {
    const posts: Promise<void>[] = [];
    for (let n = 0; n < settings.seconds * pacedPerSecond; n += 1) {
      posts.push(post());
      await wait(1000 / pacedPerSecond);
    }
    await Promise.all(posts);
  });
  const flood = await phase(target, field, async (post, underWay) => {
    const end = performance.now() + settings.seconds * 1000;
    while (performance.now() < end) {
      const room = Math.max(0, Math.floor(floodEvents - (await underWay())));
      await Promise.all(Array.from({ length: room }, post));
    }
  });
  const { rssBytes } = await target.server.usage();
  await tell(clients, "/disconnect");
  return { paced, flood, rssMiB: rssBytes / 1_048_576 };
}

/** Posts, waits until every client has had every event, and says what that cost. */
async function phase(
  { server, path }: Target,
  { clients, settings }: Field,
  load: (post: () => Promise<void>, underWay: () => Promise<number>) => Promise<void>,
): Promise<Phase> {
  const agent = new Agent({ keepAlive: true });
  let events = 0;
  const had = (await clients.usage()).settled;
  const before = await server.usage();
  const post = async () => {
    events += 1;
    await postOnce(agent, `http://127.0.0.1:${server.port}${path}`);
  };
  await load(post, async () => events - ((await clients.usage()).settled - had) / settings.clients);
  await allArrived(clients, had + events * settings.clients);
  const after = await server.usage();
  agent.destroy();
  const delays = (await tell(clients, "/delays")) as { p50: number; p99: number };
  return {
    events,
    perSecond: (events / (after.atMs - before.atMs)) * 1000,
    cpuMicros: (after.cpuMicros - before.cpuMicros) / (events * settings.clients),
    ...delays,
  };
}

async function allArrived(clients: Server, due: number): Promise<void> {
  const end = performance.now() + arrivalMs;
  for (;;) {
    const { settled } = await clients.usage();
    if (settled >= due) return;
    if (performance.now() > end) throw new Error(`${due - settled} events did not arrive.`);
    await wait(10);
  }
}

function postOnce(agent: Agent, url: string): Promise<void> {
  const at = String(process.hrtime.bigint() / 1000n).padStart(16, "0");
  const body = `{"at":"${at}","of":"`.padEnd(bodyBytes - 2, "x").concat('"}');
  return new Promise((resolve, reject) => {
    const sending = request(url, { method: "POST", agent }, (response) => {
      response.resume().on("end", () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`answered ${response.statusCode}`));
      });
    });
    sending.on("error", reject).end(body);
  });
}

async function tell(clients: Server, command: string): Promise<unknown> {
  const answer = await fetch(`http://127.0.0.1:${clients.port}${command}`);
  if (!answer.ok) throw new Error(`${command}: ${await answer.text()}`);
  return answer.json();
}

/** Each client is an open file of the server's process and of the load's. */
function requireFiles(count: number): void {
  const limits = readFileSync("/proc/self/limits", "utf8");
  const allowed = Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1]);
  if (allowed < count) {
    throw new Error(`${allowed} files may be open: run \`ulimit -n ${count}\` first.`);
  }
}

function line({ paced, flood, rssMiB }: Round): string {
  const micros = (phase: Phase) => phase.cpuMicros.toFixed(2);
  return `paced p50 ${paced.p50.toFixed(0)} ms, p99 ${paced.p99.toFixed(0)} ms, ${micros(paced)} µs a client; flooded ${flood.perSecond.toFixed(1)} events/s, ${micros(flood)} µs a client; ${rssMiB.toFixed(0)} MiB`;
}
