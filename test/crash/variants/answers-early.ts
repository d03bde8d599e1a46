/**
 * A gateway that lies: of the real parts, but `accept` says "stored" at once, while the commit is
 * still on its way. The test of the fsync must see through it.
 */
import { readEnvironment, secretReader } from "../../../src/app/config.ts";
import { loadConfig } from "../../../src/app/load-config.ts";
import { openLog } from "../../../src/app/log.ts";
import { sourceSecrets } from "../../../src/app/secrets.ts";
import type { Acceptance, Accepted, Engine } from "../../../src/core/engine.ts";
import { noChecks } from "../../../src/core/schemas.ts";
import { openSqlite } from "../../../src/engines/sqlite/index.ts";
import { createIngest } from "../../../src/http/ingest.ts";
import { listen } from "../../../src/http/node-server.ts";
import { idMaker } from "../../../src/kit/ids.ts";

const environment = readEnvironment();
const { gateway } = await loadConfig(process.argv[2], environment);
const log = openLog(environment.logLevel);
const real = await openSqlite({ path: environment.store, role: "gateway", clock: Date.now });
const engine: Engine = {
  ...real,
  accept: (acceptance) => {
    real.accept(acceptance).catch(() => undefined);
    return Promise.resolve(pretended(acceptance));
  },
};
const ingest = createIngest({
  gateway,
  engine,
  checks: noChecks,
  log,
  secretsOf: sourceSecrets(secretReader(), Date.now),
  secret: secretReader(),
  learned: { of: async () => [], take: async () => "full" },
  fetchKeys: () => Promise.reject(new Error("no source here asks for keys")),
  newId: idMaker(),
  clock: Date.now,
  onOwed: () => undefined,
});
const noHealth = { answerTo: () => undefined, handle: () => false };
const server = await listen(
  { gateway, ingest, health: noHealth, live: undefined, tls: undefined, log },
  { host: "127.0.0.1", port: environment.port ?? 0 },
);

process.once("SIGTERM", () => {
  void server
    .close(1_000)
    .then(() => real.close())
    .then(() => process.exit(0));
});
const url = `http://127.0.0.1:${server.address.port}`;
process.stdout.write(`${JSON.stringify({ url, pid: process.pid })}\n`);

function pretended({ events, answer }: Acceptance): Accepted {
  const stored = events.map(({ event }) => ({
    kind: "stored" as const,
    id: event.id,
    providerEventId: event.providerEventId,
    validity: event.validity,
  }));
  return { events: stored, answer, conflict: false };
}
