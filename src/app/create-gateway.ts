/** A gateway inside an application: no server of its own, requests come by the application's. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

import type { AnyGateway } from "../core/define.ts";
import { GatewayError, messageOf } from "../core/errors.ts";
import type { Answer } from "../core/types.ts";
import { answerAndClose, refusal } from "../http/answer.ts";
import type { Head } from "../http/doors.ts";
import { idle } from "../http/ingest.ts";
import { sourceFinder } from "../http/sources.ts";
import { readEnvironment } from "./config.ts";
import { readJson } from "./json-gateway.ts";
import { ConfigError, type ReadConfig, readDefinition } from "./load-config.ts";
import { checkToRun } from "./load-to-run.ts";
import { openLog } from "./log.ts";
import { type OpenGateway, type OpenOptions, openGateway } from "./open-gateway.ts";

/** Of the gateway's own addresses the one that is among those of webhooks; the application has a health of its own. */
const healthPath = "/webhooks/health";

/** What a mounted gateway may be told beside its definition. */
export type GatewayOptions = {
  /** Path of the store; `SUREHOOK_STORE` where missing, else `.surehook/surehook.db`. */
  readonly store?: string;
  /** Address of the module that the definition stands in (`import.meta.url`): paths in it are read from there. */
  readonly from?: string;
  /** `debug` to `error`, or `silent`; `SUREHOOK_LOG_LEVEL` where missing. Logs are JSON lines on standard error. */
  readonly logLevel?: string;
};

/** A gateway that is mounted in an application. */
export type MountedGateway = {
  /** Resolves when the store is open and events are delivered; rejects with what stands in the way. */
  readonly ready: Promise<void>;
  /** The paths of its sources (`:name` is a parameter) and of its health. */
  readonly paths: readonly string[];
  /** Whether a source, or the gateway's health, is at a path. */
  readonly listensAt: (path: string) => boolean;
  /** Takes a request by its raw bytes, or by the pieces that they come in. Never rejects. */
  readonly take: (head: Head, body: Buffer | AsyncIterable<Uint8Array>) => Promise<Answer>;
  /** Takes a request of `node:http` whose body is yet to be read, and answers it. Never rejects. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** The answer to a request whose raw body is gone, since a parser has read it; `remedy` says what to change. */
  readonly refuseParsed: (remedy: string) => Answer;
  /** Takes no more, lets what is under way end, and closes the store. */
  readonly stop: () => Promise<void>;
};

/**
 * Opens a gateway in this process: of a definition, or of a JSON config by its address, or its path from the
 * working directory. Throws ConfigError with every mistake.
 */
export function createGateway(
  definition: AnyGateway | string | URL,
  options: GatewayOptions = {},
): MountedGateway {
  const read = readGiven(definition, options);
  if (read.gateway === undefined) throw new ConfigError(read.path, read.mistakes);
  const find = sourceFinder(read.gateway.sources);
  const environment = environmentOf(options);
  const log = openLog(environment.logLevel);
  const opening = open(read, environment);
  // `ready` tells it too, but an application may not look, and its senders get no more than a code.
  opening.catch((error: unknown) => {
    const code = error instanceof GatewayError ? error.code : "INTERNAL";
    const text = "the gateway could not open; requests get 503 until the process is started anew";
    log.error({ code, error: messageOf(error) }, text);
  });
  const state = { isStopping: false };
  const opened = async (): Promise<OpenGateway> => {
    if (state.isStopping) throw new GatewayError("SHUTTING_DOWN", "The application is stopping.");
    return opening;
  };
  return {
    ready: opening.then(() => undefined),
    paths: [...new Set(read.gateway.sources.map(({ path }) => path.text)), healthPath],
    listensAt: (path) => find(path) !== undefined || path === healthPath,
    take: async (head, body) => {
      try {
        const { health, ingest } = await opened();
        return await (health.answerTo(head.method, head.url) ?? ingest.take(head, body));
      } catch (error) {
        return faultOf(error);
      }
    },
    handle: async (request, response) => {
      try {
        const { health, ingest } = await opened();
        if (!health.handle(request, response)) await ingest.handle(request, response);
      } catch (error) {
        answerAndClose(request, response, faultOf(error));
      }
    },
    refuseParsed: (remedy) => {
      log.error({ code: "BODY_PARSED" }, remedy);
      return refusal("BODY_PARSED");
    },
    stop: async () => {
      state.isStopping = true;
      const gateway = await opening.catch(() => undefined);
      await gateway?.stop((drainMs) => idle(gateway.ingest, drainMs));
    },
  };
}

function readGiven(definition: AnyGateway | string | URL, { from }: GatewayOptions): ReadConfig {
  if (typeof definition === "string" || definition instanceof URL) return readJson(definition);
  const url = from ?? pathToFileURL(resolve("surehook.config.ts")).href;
  return readDefinition(definition, { url, path: "The definition" });
}

function environmentOf({ store, logLevel }: GatewayOptions): OpenOptions["environment"] {
  const own = readEnvironment();
  return { store: store ?? own.store, logLevel: logLevel ?? own.logLevel };
}

async function open(
  read: ReadConfig,
  environment: OpenOptions["environment"],
): Promise<OpenGateway> {
  const config = await checkToRun(read);
  const { gateway } = config;
  const live = gateway.destinations.find(({ type }) => type.path !== undefined);
  if (live === undefined) return openGateway({ config, environment });
  throw new GatewayError(
    "CONFIG_INVALID",
    `destinations.${live.name} takes live clients, which only a gateway with a server of its own can. Run it by surehook start.`,
  );
}

function faultOf(error: unknown): Answer {
  return refusal(error instanceof GatewayError ? error.code : "INTERNAL", { status: 503 });
}
