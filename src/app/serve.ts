/**
 * Puts a gateway together and runs it on one machine: store, destinations, delivery, archive, HTTP.
 * It stops in the opposite order, so that what was accepted is on disk and what is on disk is kept.
 */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { answerOf } from "../core/accept.ts";
import type { Engine } from "../core/engine.ts";
import { GatewayError, messageOf } from "../core/errors.ts";
import type { SealKey } from "../core/seal.ts";
import type { Gateway } from "../core/settings.ts";
import type { SqliteOptions } from "../engines/sqlite/index.ts";
import { createHealth } from "../http/health.ts";
import { createIngest } from "../http/ingest.ts";
import { createLive } from "../http/live.ts";
import type { RunningServer } from "../http/node-server.ts";
import { listen } from "../http/node-server.ts";
import { respondBy } from "../http/respond.ts";
import { KeyFetcher, type KeyFetcherOptions } from "../net/key-fetcher.ts";
import { Archiver } from "./archive.ts";
import type { Environment, SecretReader } from "./config.ts";
import { secretReader } from "./config.ts";
import { openForming } from "./forming.ts";
import { idMaker } from "./ids.ts";
import type { LoadedConfig } from "./load-config.ts";
import { ConfigError } from "./load-config.ts";
import { openLog } from "./log.ts";
import { openDestination } from "./open-destination.ts";
import { openEngine, storePath } from "./open-engine.ts";
import { type OpenResponding, openResponding } from "./responding.ts";
import { Retention } from "./retention.ts";
import { sealKeySource } from "./seal-key.ts";
import { isOn, offMistakes, secretMistakes, sourceSecrets } from "./secrets.ts";
import { isUnconfirmed, unconfirmedNote, warnOfUnconfirmed } from "./unconfirmed.ts";
import { Deliverer, DeliveryLoop, decoderFor } from "./worker.ts";

/** Port where neither the config, the environment nor an option names one. */
const defaultPort = 4242;

/** What is run. */
export type ServeOptions = {
  readonly config: LoadedConfig;
  readonly environment: Environment;
  readonly port?: number;
  readonly host?: string;
  /** Whether destinations of cloud services keep events in `local` beside the store instead. */
  readonly local?: boolean;
  /** For tests that stand in for a sender: how the addresses of its keys are connected to. */
  readonly keys?: Pick<KeyFetcherOptions, "connect">;
  /** For the tests that must see a lie: how commits get to the disk. */
  readonly sync?: SqliteOptions["sync"];
};

/** A source as it is shown at the start. */
export type ShownSource = {
  readonly name: string;
  readonly provider: string;
  readonly path: string;
  readonly on: boolean;
  readonly note?: string;
};

/** A gateway that runs. */
export type Running = {
  /** Where this machine reaches it. */
  readonly url: string;
  /** The address that it listens on: `0.0.0.0` and `::` are every one of this machine. */
  readonly host: string;
  readonly gateway: Gateway;
  readonly sources: readonly ShownSource[];
  readonly store: string;
  /** Takes no more requests, lets what is under way end, and closes the store. */
  readonly stop: () => Promise<void>;
  /** Resolves when the disk can't be trusted any more; the process should end. */
  readonly failed: Promise<GatewayError>;
};

/** Runs a gateway until it is stopped. Throws ConfigError or GatewayError when it can't start. */
export async function serve(options: ServeOptions): Promise<Running> {
  const { config, environment } = options;
  const { gateway } = config;
  const read = secretReader();
  const missing = secretMistakes({ ...gateway, misread: [] }, read);
  const mistakes = missing.length > 0 ? missing : offMistakes(gateway, read);
  if (mistakes.length > 0) throw new ConfigError(config.path, mistakes);
  const sealKey = sealKeySource(read, environment.store);
  const log = openLog(environment.logLevel);
  warnOfUnconfirmed(gateway, log);
  const fatal = Promise.withResolvers<GatewayError>();
  const engine = await openEngine(environment.store, {
    role: "gateway",
    clock: Date.now,
    limits: gateway.limits,
    onFatal: fatal.resolve,
    ...(options.sync === undefined ? {} : { sync: options.sync }),
  });
  try {
    const parts = await assemble(options, { engine, read, log, sealKey });
    return {
      url: urlOf(parts.server, gateway),
      host: parts.server.address.address,
      gateway,
      sources: gateway.sources.map((source) => shown(source, read)),
      store: storePath(environment.store),
      stop: stopper(parts, gateway),
      failed: fatal.promise,
    };
  } catch (error) {
    await engine.close();
    log.flush();
    throw error;
  }
}

type Shared = {
  readonly engine: Engine;
  readonly read: SecretReader;
  readonly log: ReturnType<typeof openLog>;
  readonly sealKey: () => SealKey;
};

type Parts = Shared & {
  readonly server: RunningServer;
  readonly deliverer: Deliverer;
  readonly archiver: Archiver;
  readonly retention: Retention;
  readonly keys: KeyFetcher;
  readonly responding: OpenResponding;
  readonly state: { isStopping: boolean };
};

async function assemble(options: ServeOptions, shared: Shared): Promise<Parts> {
  const { gateway } = options.config;
  const { engine, read, log } = shared;
  const state = { isStopping: false };
  const folder =
    gateway.archiveFolder ?? join(dirname(storePath(options.environment.store)), "archive");
  const died = { tell: (): void => undefined };
  const deliverer = await openDeliverer(options, shared, () => died.tell());
  const archiver = new Archiver({ engine, folder, log });
  died.tell = () => archiver.wake();
  const keys = new KeyFetcher({ now: Date.now, secret: read, ...options.keys });
  const responding = openResponding(options.config, log);
  const ingest = createIngest({
    gateway,
    engine,
    log,
    secretsOf: sourceSecrets(read, Date.now),
    fetchKeys: (asks, client) => keys.fetch(asks, client),
    newId: idMaker(),
    clock: Date.now,
    onOwed: (destinations) => deliverer.wake(destinations),
    respondTo: respondBy({ ...responding, engine, log, usual: answerOf, clock: Date.now }),
  });
  const health = createHealth({
    engine,
    clock: Date.now,
    isStopping: () => state.isStopping,
    providers: () => [
      ...new Set(
        gateway.sources.filter((one) => isOn(one, read)).map(({ provider }) => provider.name),
      ),
    ],
  });
  const { doors } = deliverer;
  const { trustedProxies } = gateway.server;
  const live = doors.length > 0 ? createLive({ doors, trustedProxies, log }) : undefined;
  try {
    const server = await listen(
      { gateway, ingest, health, live, tls: readTls(gateway), log },
      at(options),
    );
    const retention = new Retention({ engine, log, keepMs: gateway.retentionMs, now: Date.now });
    return { ...shared, server, deliverer, archiver, retention, keys, responding, state };
  } catch (error) {
    await responding.close();
    await deliverer.stop(0);
    await archiver.stop();
    throw error;
  }
}

function at({ config, environment, port, host }: ServeOptions): { host: string; port: number } {
  const { server } = config.gateway;
  return {
    host: host ?? server.host,
    port: port ?? environment.port ?? server.port ?? defaultPort,
  };
}

async function openDeliverer(
  { config, environment, local: isLocal }: ServeOptions,
  shared: Shared,
  onDead: () => void,
): Promise<Deliverer> {
  const { engine, log } = shared;
  const folder = join(dirname(storePath(environment.store)), "local");
  const local = isLocal ? { folder } : undefined;
  const loops = new Map<string, DeliveryLoop>();
  const { forming, close } = openForming(config, { log, decode: decoderFor(config.gateway) });
  try {
    for (const destination of config.gateway.destinations) {
      const open = await openDestination(destination, { ...shared, config, local, forming });
      const clock = { now: Date.now, random: Math.random };
      const deps = { engine, destination, open, log, onDead, forming, ...clock };
      loops.set(destination.name, new DeliveryLoop(deps));
    }
  } catch (error) {
    // What is open would keep the process alive.
    await Promise.all([...[...loops.values()].map((loop) => loop.stop(0)), close()]);
    throw error;
  }
  return new Deliverer(loops, { engine, log, onStopped: close });
}

function readTls({ server }: Gateway): { cert: Buffer; key: Buffer } | undefined {
  if (server.tls === undefined) return undefined;
  try {
    return { cert: readFileSync(server.tls.certFile), key: readFileSync(server.tls.keyFile) };
  } catch (error) {
    throw new GatewayError("CONFIG_INVALID", `server.tls can't be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function urlOf(server: RunningServer, gateway: Gateway): string {
  const { address, port, family } = server.address;
  const everywhere = address === "0.0.0.0" || address === "::";
  const host = everywhere ? "127.0.0.1" : family === "IPv6" ? `[${address}]` : address;
  return `${gateway.server.tls ? "https" : "http"}://${host}:${port}`;
}

function shown(source: Gateway["sources"][number], read: SecretReader): ShownSource {
  const on = isOn(source, read);
  return {
    name: source.name,
    provider: source.provider.name,
    path: source.path.text,
    on,
    ...(on ? {} : { note: "no secret is set: answers 503" }),
    ...(on && isUnconfirmed(source) ? { note: unconfirmedNote } : {}),
    ...(source.unsigned ? { note: "accepts anything: unsigned" } : {}),
  };
}

function stopper(parts: Parts, gateway: Gateway): () => Promise<void> {
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    const drainMs = gateway.limits.drainSeconds * 1000;
    parts.state.isStopping = true;
    parts.server.refuse();
    parts.retention.stop();
    await Promise.all([parts.server.close(drainMs), parts.deliverer.stop(drainMs)]);
    await Promise.all([parts.archiver.stop(), parts.responding.close()]);
    await parts.keys.close();
    await parts.engine.close();
    parts.log.info({}, "stopped");
    parts.log.flush();
  };
  return () => {
    stopped ??= stop();
    return stopped;
  };
}
