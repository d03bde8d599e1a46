import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { GatewayError, messageOf } from "../core/errors.ts";
import { judgeGateway } from "../core/judge-gateway.ts";
import type { Mistake } from "../core/mistakes.ts";
import type { Gateway } from "../core/settings.ts";
import { wrongAddress } from "../http/address.ts";
import type { Environment } from "./config.ts";
import { definitionFromJson } from "./json-config.ts";
import { registerSurehook } from "./resolve-hook.ts";

/** Files that are looked for where none is named, in this order. */
const usualNames = [
  "surehook.config.ts",
  "surehook.config.js",
  "surehook.config.mjs",
  "surehook.config.json",
  "config/webhooks.json",
] as const;

/** A config that was read and judged. */
export type LoadedConfig = {
  readonly gateway: Gateway;
  /** Address of the file, for what is loaded relative to it. */
  readonly url: string;
  readonly path: string;
};

/** A config with mistakes; `mistakes` holds all of them. */
export class ConfigError extends GatewayError {
  readonly mistakes: readonly Mistake[];

  constructor(path: string, mistakes: readonly Mistake[]) {
    super("CONFIG_INVALID", configErrorText(path, mistakes));
    this.mistakes = mistakes;
  }
}

/** Reads and judges a config. Throws ConfigError with every mistake, or CONFIG_INVALID when it can't be read. */
export async function loadConfig(
  path: string | undefined,
  environment: Pick<Environment, "config">,
): Promise<LoadedConfig> {
  const file = findConfig(path ?? environment.config);
  const url = pathToFileURL(file).href;
  const { definition, mistakes } = file.endsWith(".json")
    ? await definitionFromJson(await readText(file), url)
    : { definition: await importDefinition(url, file), mistakes: [] };
  const judgement = judgeGateway(definition);
  const all = [
    ...mistakes,
    ...(judgement.kind === "mistakes" ? judgement.mistakes : addressMistakes(judgement.gateway)),
  ];
  if (judgement.kind === "mistakes" || all.length > 0) throw new ConfigError(file, all);
  return { gateway: judgement.gateway, url, path: file };
}

function findConfig(named: string | undefined): string {
  const candidates = named === undefined ? usualNames : [named];
  const found = candidates.map((name) => resolve(name)).find((file) => existsSync(file));
  if (found !== undefined) return found;
  throw new GatewayError(
    "CONFIG_INVALID",
    named === undefined
      ? `There is no config here (looked for ${usualNames.join(", ")}). Write surehook.config.ts, or name one with --config.`
      : `There is no config at ${resolve(named)}.`,
  );
}

async function importDefinition(url: string, file: string): Promise<unknown> {
  registerSurehook();
  try {
    const loaded: { default?: unknown } = await import(url);
    if (loaded.default !== undefined) return loaded.default;
  } catch (error) {
    throw new GatewayError("CONFIG_INVALID", `${file} can't be loaded: ${messageOf(error)}`, {
      cause: error,
    });
  }
  throw new GatewayError(
    "CONFIG_INVALID",
    `${file} has no default export. End it with \`export default defineGateway({ … })\`.`,
  );
}

async function readText(file: string): Promise<string> {
  return readFile(file, "utf8").catch((error: unknown) => {
    throw new GatewayError("CONFIG_INVALID", `${file} can't be read: ${messageOf(error)}`, {
      cause: error,
    });
  });
}

function addressMistakes({ sources, server }: Gateway): Mistake[] {
  const lists = [
    { path: "server.trustedProxies", list: server.trustedProxies },
    ...sources.map(({ name, allowIps }) => ({
      path: `sources.${name}.allowIps`,
      list: allowIps ?? [],
    })),
  ];
  return lists.flatMap(({ path, list }) => {
    const wrong = wrongAddress(list);
    return wrong === undefined
      ? []
      : [
          {
            path,
            expected: `addresses, CIDR ranges, "loopback" or "private", not "${wrong}"`,
            hint: "for example 203.0.113.7 or 203.0.113.0/24",
          },
        ];
  });
}

function configErrorText(path: string, mistakes: readonly Mistake[]): string {
  const lines = mistakes.map(({ path: at, expected, hint }) => {
    const where = at === "" ? "(the config itself)" : at;
    return `  ${where}: expected ${expected}${hint === undefined ? "" : ` (${hint})`}`;
  });
  return `${path} has ${mistakes.length === 1 ? "a mistake" : `${mistakes.length} mistakes`}:\n${lines.join("\n")}`;
}
