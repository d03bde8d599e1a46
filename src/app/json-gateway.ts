/** A JSON config, read at once: by an application that mounts it, and for functions on AWS. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { AnyGateway } from "../core/define.ts";
import { GatewayError, messageOf } from "../core/errors.ts";
import { definitionFromJson } from "./json-config.ts";
import { withModules } from "./json-definition.ts";
import { ConfigError, type ReadConfig, readDefinition } from "./load-config.ts";

/** Reads and judges the config at an address, or at a path from the working directory. Throws where it is no JSON. */
export function readJson(file: string | URL): ReadConfig {
  const path = typeof file === "string" ? resolve(file) : fileURLToPath(file);
  const url = pathToFileURL(path).href;
  const { definition, mistakes } = definitionFromJson(textOf(path), url);
  if (definition === undefined) throw new ConfigError(path, mistakes);
  return readDefinition(definition, { url, path, unreadable: mistakes });
}

/**
 * The definition that a JSON config holds, with its modules as functions that import them: for `surehook/cdk`, and
 * for functions that run on this machine. Throws ConfigError with every mistake.
 */
export function gatewayFromFile(file: string | URL): AnyGateway {
  const { definition, gateway, path, url, mistakes } = readJson(file);
  if (gateway === undefined) throw new ConfigError(path, mistakes);
  return importing(definition as AnyGateway, url);
}

/** A definition whose paths of modules are read from the address of its file. */
export function importing(definition: AnyGateway, url: string): AnyGateway {
  return withModules(definition, (module) => {
    const address = new URL(module, url).href;
    return () => import(address);
  });
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new GatewayError(
      "CONFIG_INVALID",
      `${path} can't be read: ${messageOf(error)}. Start the application in the folder that the config's path begins in, or give a URL.`,
      { cause: error },
    );
  }
}
