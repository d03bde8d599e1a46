/** Runs a gateway on one machine, with a server of its own. */
import { readFileSync } from "node:fs";
import { GatewayError, messageOf } from "../core/errors.ts";
import type { Gateway } from "../core/settings.ts";
import { pathInConfig } from "../destinations/config-path.ts";
import type { RunningServer } from "../http/node-server.ts";
import { listen } from "../http/node-server.ts";
import type { Environment } from "./config.ts";
import type { LoadedConfig } from "./load-config.ts";
import { storePath } from "./open-engine.ts";
import { localFolderOf, type OpenGateway, type OpenOptions, openGateway } from "./open-gateway.ts";
import { type ShownSource, shownSource } from "./shown-source.ts";

/** Port where neither the config, the environment nor an option names one. */
const defaultPort = 4242;

/** What is run. */
export type ServeOptions = OpenOptions & {
  readonly environment: Environment;
  readonly port?: number;
  readonly host?: string;
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
  /** Where destinations of cloud services keep events, where they do so on this machine. */
  readonly localFolder: string | undefined;
  /** Takes no more requests, lets what is under way end, and closes the store. */
  readonly stop: () => Promise<void>;
  /** Resolves when the disk can't be trusted any more; the process should end. */
  readonly failed: Promise<GatewayError>;
};

/** Runs a gateway until it is stopped. Throws ConfigError or GatewayError when it can't start. */
export async function serve(
  options: ServeOptions,
  opening: (options: OpenOptions) => Promise<OpenGateway> = openGateway,
): Promise<Running> {
  const open = await opening(options);
  const { gateway, read, failed } = open;
  const server = await serverOf(open, options);
  return {
    url: urlOf(server, gateway),
    host: server.address.address,
    gateway,
    sources: gateway.sources.map((source) => shownSource(source, read)),
    store: storePath(options.environment.store),
    localFolder: localFolderOf(options),
    stop: () => {
      server.refuse();
      return open.stop((drainMs) => server.close(drainMs));
    },
    failed,
  };
}

async function serverOf(open: OpenGateway, options: ServeOptions): Promise<RunningServer> {
  try {
    return await listen({ ...open, tls: readTls(options.config) }, at(options));
  } catch (error) {
    await open.stop(() => Promise.resolve(), 0);
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

function readTls({ gateway, url }: LoadedConfig): { cert: Buffer; key: Buffer } | undefined {
  const { tls } = gateway.server;
  if (tls === undefined) return undefined;
  const read = (file: string): Buffer => readFileSync(pathInConfig(file, url));
  try {
    return { cert: read(tls.certFile), key: read(tls.keyFile) };
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
