/**
 * The only file that reads the environment. Everything else is given what it needs.
 */
import { readFileSync, statSync } from "node:fs";
import { GatewayError, messageOf } from "../core/errors.ts";
import type { SecretRef, SecretValue } from "../core/types.ts";

/** What the environment says. */
export type Environment = {
  /** `SUREHOOK_STORE`: where events are kept; a path for SQLite. */
  readonly store: string;
  /** `SUREHOOK_CONFIG`: the config file, where no option names one. */
  readonly config: string | undefined;
  /** `PORT` or `SUREHOOK_PORT`. */
  readonly port: number | undefined;
  /** `SUREHOOK_LOG_LEVEL`. */
  readonly logLevel: string;
  /** Whether output may be coloured, by `NO_COLOR` and `FORCE_COLOR`. */
  readonly color: boolean | undefined;
};

/** Reads the environment. Throws USAGE when a value doesn't fit. */
export function readEnvironment(env: NodeJS.ProcessEnv = process.env): Environment {
  return {
    store: env["SUREHOOK_STORE"] ?? ".surehook/surehook.db",
    config: env["SUREHOOK_CONFIG"],
    port: portOf(env["SUREHOOK_PORT"] ?? env["PORT"]),
    logLevel: env["SUREHOOK_LOG_LEVEL"] ?? "info",
    color: env["NO_COLOR"] ? false : env["FORCE_COLOR"] ? true : undefined,
  };
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined || text === "") return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new GatewayError("USAGE", `The port must be a number from 0 to 65535, not "${text}".`);
}

/** Reads secrets when they are used: from the environment, or from the file that `<NAME>_FILE` names. */
export type SecretReader = (ref: SecretRef) => SecretValue | undefined;

/**
 * Files are looked at again at most this often. A source keeps what it read for as long again
 * (`secrets.ts`), so that a rotated secret is live within a second, also where sources share it.
 */
const fileCheckMs = 500;

type FileSecret = { readonly value: SecretValue; readonly mtimeMs: number; checkedAt: number };

/** A reader over an environment. A file's trailing line break is not part of the secret. */
export function secretReader(
  env: NodeJS.ProcessEnv = process.env,
  now: () => number = Date.now,
): SecretReader {
  const plain = new Map<string, SecretValue>();
  const files = new Map<string, FileSecret>();
  return ({ name }) => {
    const known = plain.get(name);
    if (known !== undefined) return known;
    const value = env[name];
    if (value !== undefined && value !== "") {
      const made = { name, value };
      plain.set(name, made);
      return made;
    }
    const file = env[`${name}_FILE`];
    return file === undefined || file === "" ? undefined : fromFile({ name, file, files, now });
  };
}

function fromFile(options: {
  readonly name: string;
  readonly file: string;
  readonly files: Map<string, FileSecret>;
  readonly now: () => number;
}): SecretValue | undefined {
  const { name, file, files, now } = options;
  const known = files.get(name);
  const at = now();
  if (known && at - known.checkedAt < fileCheckMs) return known.value;
  try {
    const { mtimeMs } = statSync(file);
    if (known && known.mtimeMs === mtimeMs) {
      known.checkedAt = at;
      return known.value;
    }
    const value = { name, value: readFileSync(file, "utf8").replace(/\r?\n$/, "") };
    files.set(name, { value, mtimeMs, checkedAt: at });
    return value.value === "" ? undefined : value;
  } catch (error) {
    if (known) return known.value;
    throw new GatewayError(
      "CONFIG_INVALID",
      `${name}_FILE names ${file}, which can't be read: ${messageOf(error)}`,
      { cause: error },
    );
  }
}
