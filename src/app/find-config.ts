import { statSync } from "node:fs";
import { join, resolve } from "node:path";
import { GatewayError } from "../core/errors.ts";

/** Files that are looked for where none is named, in this order. */
const usualNames = [
  "surehook.config.ts",
  "surehook.config.js",
  "surehook.config.mjs",
  "surehook.config.json",
  "config/webhooks.json",
] as const;

/** The path of the config: the one that is named, else a usual one here. Throws CONFIG_INVALID where there is none. */
export function findConfig(named: string | undefined): string {
  if (named === undefined) {
    return (
      usualConfig() ??
      refuse(
        `There is no config here (looked for ${usualNames.join(", ")}). Write surehook.config.ts, or name one with --config.`,
      )
    );
  }
  if (named.trim() === "") refuse("The name of the config is empty. Give --config a path.");
  const path = resolve(named);
  const kind = kindOf(path);
  if (kind === "file") return path;
  if (kind === undefined) {
    refuse(`There is no config at ${path}. Name one that is there with --config.`);
  }
  const inside = usualIn(path);
  const advice = inside === undefined ? "Name a file with --config." : `Give --config ${inside}.`;
  return refuse(`${path} is a folder, not a config. ${advice}`);
}

/** The config that is used where none is named; undefined where there is none here. */
export function usualConfig(): string | undefined {
  return usualIn(".");
}

function usualIn(folder: string): string | undefined {
  return usualNames
    .map((name) => resolve(join(folder, name)))
    .find((path) => kindOf(path) === "file");
}

/** A named pipe and the like can be read as a file can. */
function kindOf(path: string): "file" | "folder" | undefined {
  try {
    return statSync(path).isDirectory() ? "folder" : "file";
  } catch {
    // Not there, or in a folder that this user may not look into.
    return undefined;
  }
}

function refuse(text: string): never {
  throw new GatewayError("CONFIG_INVALID", text);
}
