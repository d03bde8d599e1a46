import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { GatewayError, messageOf } from "../core/errors.ts";
import { type Judgement, judgeGateway } from "../core/judge-gateway.ts";
import type { Mistake } from "../core/mistakes.ts";
import type { GatewayParts } from "../core/readable.ts";
import type { Gateway } from "../core/settings.ts";
import { isAddressEntry } from "../http/address.ts";
import type { Environment } from "./config.ts";
import { findConfig } from "./find-config.ts";
import { loadedAlive } from "./hold-exit.ts";
import { definitionFromJson } from "./json-config.ts";
import { placeOf } from "./load-fault.ts";
import { registerSurehook } from "./resolve-hook.ts";

/** A config that was read and judged. */
export type LoadedConfig = {
  readonly gateway: Gateway;
  /** Address of the file, for what is loaded relative to it. */
  readonly url: string;
  readonly path: string;
};

/** A config that was read, with what it says wrong by itself, whatever the machine it is on. */
export type ReadConfig = Pick<LoadedConfig, "url" | "path"> & {
  /** As it is written down. */
  readonly definition: unknown;
  readonly gateway: Gateway | undefined;
  readonly parts: GatewayParts;
  readonly mistakes: readonly Mistake[];
};

/** A config with mistakes; `mistakes` holds all of them. */
export class ConfigError extends GatewayError {
  readonly path: string;
  readonly mistakes: readonly Mistake[];

  constructor(path: string, mistakes: readonly Mistake[]) {
    const grouped = [...Map.groupBy(mistakes, partOf).values()].flat();
    super("CONFIG_INVALID", configErrorText(path, grouped));
    this.path = path;
    this.mistakes = grouped;
  }
}

/** What one mends in one go: `sources.stripe`, `routes[0]`, `server`. */
function partOf({ path }: Mistake): string {
  return /^(?:(?:sources|destinations)\.)?[^.]*/.exec(path)?.[0] ?? path;
}

/** Reads and judges a config, but not what it leads to. Throws ConfigError with every mistake, or CONFIG_INVALID when it can't be read. */
export async function loadConfig(
  path: string | undefined,
  environment: Pick<Environment, "config">,
): Promise<LoadedConfig> {
  const read = await readConfig(path, environment);
  if (read.gateway === undefined) throw new ConfigError(read.path, read.mistakes);
  return { gateway: read.gateway, url: read.url, path: read.path };
}

/** Reads a config and judges it by itself. Throws CONFIG_INVALID when it can't be read. */
export async function readConfig(
  path: string | undefined,
  environment: Pick<Environment, "config">,
): Promise<ReadConfig> {
  const file = findConfig(path ?? environment.config);
  const url = pathToFileURL(file).href;
  const { definition, mistakes: unreadable } = file.endsWith(".json")
    ? definitionFromJson(await readText(file), url)
    : { definition: await importDefinition(url, file), mistakes: [] };
  // A text that isn't even JSON has nothing in it to judge.
  if (definition === undefined) throw new ConfigError(file, unreadable);
  return readDefinition(definition, { url, path: file, unreadable });
}

/** Judges a definition by itself; `path` is the name that its mistakes are told under. */
export function readDefinition(
  definition: unknown,
  from: Pick<LoadedConfig, "url" | "path"> & { readonly unreadable?: readonly Mistake[] },
): ReadConfig {
  const { url, path, unreadable = [] } = from;
  const judgement = judgeGateway(definition);
  const { parts, found } = partsOf(judgement);
  const mistakes = [...unreadable, ...found, ...addressMistakes(parts)];
  const isRight = judgement.kind === "gateway" && mistakes.length === 0;
  const gateway = isRight ? judgement.gateway : undefined;
  return { url, path, definition, gateway, parts, mistakes };
}

function partsOf(judgement: Judgement): {
  readonly parts: GatewayParts;
  readonly found: readonly Mistake[];
} {
  if (judgement.kind === "gateway") {
    return {
      parts: { ...judgement.gateway, judged: judgement.gateway.sources, misread: [] },
      found: [],
    };
  }
  return { parts: judgement.parts, found: judgement.mistakes };
}

async function importDefinition(url: string, file: string): Promise<unknown> {
  registerSurehook();
  const loading = loadedAlive((): Promise<{ default?: unknown }> => import(url));
  const loaded = await loading.catch((error: unknown) => {
    const what = error instanceof Error ? "" : "it throws ";
    const text = `${placeOf(error, file)} can't be loaded: ${what}${messageOf(error).trim()}.`;
    throw new GatewayError("CONFIG_INVALID", `${text.replace(/\.\.$/, ".")} Mend that.`, {
      cause: error,
    });
  });
  if (loaded.default !== undefined) return loaded.default;
  throw new GatewayError(
    "CONFIG_INVALID",
    `${file} has no default export. End it with \`export default defineGateway({ … })\`.`,
  );
}

async function readText(file: string): Promise<string> {
  return readFile(file, "utf8").catch((error: unknown) => {
    throw new GatewayError(
      "CONFIG_INVALID",
      `${file} can't be read: ${messageOf(error)}. Let this user read it, or name another with --config.`,
      { cause: error },
    );
  });
}

function addressMistakes({ sources, server }: GatewayParts): Mistake[] {
  const lists = [
    { path: "server.trustedProxies", list: server.trustedProxies },
    ...sources.map(({ name, allowIps }) => ({
      path: `sources.${name}.allowIps`,
      list: allowIps ?? [],
    })),
  ];
  return lists.flatMap(({ path, list }) =>
    list.flatMap((entry, at) =>
      isAddressEntry(entry)
        ? []
        : {
            path: `${path}[${at}]`,
            expected: `an address, a CIDR range, "loopback" or "private", not "${entry}"`,
            hint: "for example 203.0.113.7 or 203.0.113.0/24",
          },
    ),
  );
}

function configErrorText(path: string, mistakes: readonly Mistake[]): string {
  const lines = mistakes.map(({ path: at, expected, hint }) => {
    const where = at === "" ? "(the config itself)" : at;
    return `  ${where}: expected ${expected}${hint === undefined ? "" : ` (${hint})`}`;
  });
  return `${path} has ${mistakes.length === 1 ? "a mistake" : `${mistakes.length} mistakes`}:\n${lines.join("\n")}`;
}
