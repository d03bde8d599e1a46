/**
 * Opens a gateway with all that it runs on one machine, but for a server: store, destinations, delivery,
 * archive, and the way in for requests, whoever brings them. It stops in the opposite order, so that what
 * was accepted is on disk and what is on disk is kept.
 */
import { dirname, join } from "node:path";
import { answerOf } from "../core/accept.ts";
import type { Engine } from "../core/engine.ts";
import type { GatewayError } from "../core/errors.ts";
import type { Checks } from "../core/schemas.ts";
import type { SealKey } from "../core/seal.ts";
import type { Gateway } from "../core/settings.ts";
import { pathInConfig } from "../destinations/config-path.ts";
import type { SqliteOptions } from "../engines/sqlite/index.ts";
import { createHealth, type Health } from "../http/health.ts";
import { createIngest, type Ingest } from "../http/ingest.ts";
import { createLive, type Live } from "../http/live.ts";
import { respondBy } from "../http/respond.ts";
import { idMaker } from "../kit/ids.ts";
import { KeyFetcher, type KeyFetcherOptions } from "../net/key-fetcher.ts";
import { Archiver } from "./archive.ts";
import type { Environment, SecretReader } from "./config.ts";
import { secretReader } from "./config.ts";
import { openForming } from "./forming.ts";
import { learnedSecrets } from "./learned-secrets.ts";
import type { LoadedConfig } from "./load-config.ts";
import { ConfigError } from "./load-config.ts";
import { openLog } from "./log.ts";
import { openDestination } from "./open-destination.ts";
import { openEngine, storePath } from "./open-engine.ts";
import { type OpenResponding, openResponding } from "./responding.ts";
import { Retention } from "./retention.ts";
import { sampleOf } from "./sample.ts";
import { compileSchemas } from "./schemas.ts";
import { sealKeySource } from "./seal-key.ts";
import { isOn, offMistakes, secretMistakes, sourceSecrets } from "./secrets.ts";
import { warnOfUnconfirmed } from "./unconfirmed.ts";
import { Deliverer, DeliveryLoop, decoderFor } from "./worker.ts";

/** What is opened. */
export type OpenOptions = {
  readonly config: LoadedConfig;
  readonly environment: Pick<Environment, "store" | "logLevel">;
  /** Whether destinations of cloud services keep events in `local` beside the store instead. */
  readonly local?: boolean;
  /** For tests that stand in for a sender: what connects to the addresses of its keys. */
  readonly keys?: Pick<KeyFetcherOptions, "agent">;
  /** For the tests that must see a lie: how commits get to the disk. */
  readonly sync?: SqliteOptions["sync"];
};

/** A gateway that is open: it delivers, and takes what it is given. */
export type OpenGateway = {
  readonly gateway: Gateway;
  readonly ingest: Ingest;
  readonly health: Health;
  /** Undefined where the config has no live clients. */
  readonly live: Live | undefined;
  readonly log: ReturnType<typeof openLog>;
  readonly read: SecretReader;
  /** Resolves when the disk can't be trusted any more; the process should end. */
  readonly failed: Promise<GatewayError>;
  /** Lets what is under way end, for as long as the config says, beside `closing` (a server's own end), and closes the store. */
  readonly stop: (closing: (drainMs: number) => Promise<void>, drainMs?: number) => Promise<void>;
};

/** Opens a gateway. Throws ConfigError or GatewayError when it can't be. */
export async function openGateway(options: OpenOptions): Promise<OpenGateway> {
  const { config, environment } = options;
  const { gateway } = config;
  const read = secretReader();
  const missing = secretMistakes({ ...gateway, misread: [] }, read);
  const schemas = await compileSchemas(gateway.sources, sampleOf);
  const unusable = missing.length > 0 ? missing : offMistakes(gateway, read);
  const mistakes = [...unusable, ...schemas.mistakes];
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
    warn: log.warn,
    ...(options.sync === undefined ? {} : { sync: options.sync }),
  });
  try {
    const { checks } = schemas;
    const open = await assemble(options, { engine, read, log, sealKey, checks });
    return { ...open, gateway, log, read, failed: fatal.promise };
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
  readonly checks: Checks;
};

type Parts = Shared & {
  readonly deliverer: Deliverer;
  readonly archiver: Archiver;
  readonly retention: Retention;
  readonly responding: OpenResponding;
  readonly state: { isStopping: boolean };
};

async function assemble(
  options: OpenOptions,
  shared: Shared,
): Promise<Pick<OpenGateway, "ingest" | "health" | "live" | "stop">> {
  const { gateway } = options.config;
  const { engine, read, log, checks } = shared;
  const state = { isStopping: false };
  const folder = archiveFolderOf(options);
  const died = { tell: (): void => undefined };
  const deliverer = await openDeliverer(options, shared, () => died.tell());
  const archiver = new Archiver({ engine, folder, log });
  died.tell = () => archiver.wake();
  const keys = new KeyFetcher({ now: Date.now, secret: read, ...options.keys });
  const responding = openResponding(options.config, log);
  const { items: newest } = await engine.requests({}, { limit: 1 });
  const ingest = createIngest({
    gateway,
    engine,
    checks,
    log,
    secretsOf: sourceSecrets(read, Date.now),
    secret: read,
    learned: learnedSecrets(engine, shared.sealKey, Date.now),
    fetchKeys: (asks, client) => keys.fetch(asks, client),
    newId: idMaker(Date.now, newest[0]?.id),
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
  const retention = new Retention({ engine, log, keepMs: gateway.retentionMs, now: Date.now });
  const parts = { ...shared, deliverer, archiver, retention, responding, state };
  return { ingest, health, live, stop: stopper(parts, gateway) };
}

async function openDeliverer(
  options: OpenOptions,
  shared: Shared,
  onDead: () => void,
): Promise<Deliverer> {
  const { engine, log } = shared;
  const { config } = options;
  const folder = localFolderOf(options);
  const local = folder === undefined ? undefined : { folder };
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

/** Where destinations of cloud services keep events, where they do so on this machine. */
export function localFolderOf({
  environment,
  local,
}: Pick<OpenOptions, "environment" | "local">): string | undefined {
  return local ? join(dirname(storePath(environment.store)), "local") : undefined;
}

function archiveFolderOf({ config, environment }: OpenOptions): string {
  const { archiveFolder } = config.gateway;
  return archiveFolder === undefined
    ? join(dirname(storePath(environment.store)), "archive")
    : pathInConfig(archiveFolder, config.url);
}

function stopper(parts: Parts, gateway: Gateway): OpenGateway["stop"] {
  let stopped: Promise<void> | undefined;
  const ownMs = gateway.limits.drainSeconds * 1000;
  const stop: OpenGateway["stop"] = async (closing, drainMs = ownMs) => {
    parts.state.isStopping = true;
    parts.retention.stop();
    await Promise.all([closing(drainMs), parts.deliverer.stop(drainMs)]);
    await Promise.all([parts.archiver.stop(), parts.responding.close()]);
    await parts.engine.close();
    parts.log.info({}, "stopped");
    parts.log.flush();
  };
  return (closing, drainMs) => {
    stopped ??= stop(closing, drainMs);
    return stopped;
  };
}
