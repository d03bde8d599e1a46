/**
 * The only file that reads the environment. Everything else is given what it needs.
 */
import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { parseEnv } from "node:util";
import { GatewayError, messageOf } from "../core/errors.ts";
import type { SecretRef, SecretValue } from "../core/types.ts";
import { hintFor } from "../kit/suggest.ts";

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

/** What is logged, from the most to nothing. */
const logLevels = ["debug", "info", "warn", "error", "silent"];

/** Reads the environment. Throws USAGE with every value that doesn't fit. */
export function readEnvironment(env: NodeJS.ProcessEnv = process.env): Environment {
  const given = (name: string): string | undefined => env[name] || undefined;
  const port = given("SUREHOOK_PORT") ?? given("PORT");
  const logLevel = given("SUREHOOK_LOG_LEVEL") ?? "info";
  const wrong = [...portFaults(port), ...logLevelFaults(logLevel)];
  if (wrong.length > 0) throw new GatewayError("USAGE", wrong.join("\n"));
  return {
    store: given("SUREHOOK_STORE") ?? ".surehook/surehook.db",
    config: given("SUREHOOK_CONFIG"),
    port: port === undefined ? undefined : Number(port),
    logLevel,
    color: env["NO_COLOR"] ? false : env["FORCE_COLOR"] ? true : undefined,
  };
}

function portFaults(text: string | undefined): string[] {
  if (text === undefined || (/^\d+$/.test(text) && Number(text) <= 65_535)) return [];
  return [`The port must be a number from 0 to 65535, not "${text}": set SUREHOOK_PORT or PORT.`];
}

function logLevelFaults(level: string): string[] {
  if (logLevels.includes(level)) return [];
  const hint = hintFor(level, logLevels);
  return [`SUREHOOK_LOG_LEVEL is "${level}", which is no level of the log: ${hint}`];
}

/** A variable as it is set; undefined where it isn't, or is empty. */
export function givenVariable(
  name: string,
  env: NodeJS.ProcessEnv = process.env,
): string | undefined {
  return env[name] || undefined;
}

/** Sets variables for what this process reads next: a config is read as it will be where they are set. */
export function setVariables(variables: Readonly<Record<string, string>>): void {
  Object.assign(process.env, variables);
}

/** Env files that this process was started with; a command that is pasted needs them too. */
export function envFiles(): readonly string[] {
  return process.execArgv.flatMap((option) => {
    const match = /^--env-file(?:-if-exists)?=(.+)$/.exec(option);
    return match?.[1] === undefined ? [] : [match[1]];
  });
}

/** Where a secret is set. */
export type SecretOrigin =
  | { readonly kind: "environment" }
  /** In a file of variables that this process was started with. */
  | { readonly kind: "env-file"; readonly path: string }
  /** In a file of its own, which `<NAME>_FILE` names. */
  | { readonly kind: "file"; readonly path: string };

/** Where a secret is set; undefined where it isn't. */
export function secretOrigin(
  name: string,
  env: NodeJS.ProcessEnv = process.env,
): SecretOrigin | undefined {
  const file = env[`${name}_FILE`];
  if (env[name]) return variableOrigin(name, env);
  return file ? { kind: "file", path: file } : undefined;
}

/** Node lets the environment win over an env file, and the last file over those before. */
function variableOrigin(name: string, env: NodeJS.ProcessEnv): SecretOrigin {
  const path = envFiles().findLast((file) => variablesOf(file)[name] === env[name]);
  return path === undefined ? { kind: "environment" } : { kind: "env-file", path };
}

function variablesOf(file: string): Readonly<Record<string, string | undefined>> {
  try {
    return parseEnv(readFileSync(file, "utf8"));
  } catch {
    // Node has read it or found none; that it can't be read now changes no value.
    return {};
  }
}

/** A secret that is set, but can't be read as it is. */
export class SecretFault extends GatewayError {
  readonly expected: string;
  readonly hint: string;

  constructor(fault: { readonly expected: string; readonly hint: string }, cause?: unknown) {
    super("CONFIG_INVALID", `Expected ${fault.expected}. To mend it: ${fault.hint}.`, { cause });
    this.expected = fault.expected;
    this.hint = fault.hint;
  }
}

/** Reads secrets when they are used: from the environment, or from the file that `<NAME>_FILE` names. */
export type SecretReader = (ref: SecretRef) => SecretValue | undefined;

/**
 * Files are looked at again at most this often. A source keeps what it read for as long again
 * (`secrets.ts`), so that a rotated secret is live within a second, also where sources share it.
 */
const fileCheckMs = 500;

type FileSecret = {
  readonly value: SecretValue | undefined;
  readonly mtimeMs: number;
  checkedAt: number;
};

/**
 * A reader over an environment. A file's trailing line break is not part of the secret. It throws a
 * SecretFault where both the variable and the file are named, or the file can't be read.
 */
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
    const file = env[`${name}_FILE`];
    if (value && file) throw bothSet(name, env);
    // Blanks are what an empty field leaves; anybody could sign with them.
    if (value?.trim()) {
      const made = { name, value };
      plain.set(name, made);
      return made;
    }
    return file ? fromFile({ name, file, files, now }) : undefined;
  };
}

/** Neither wins in silence: whoever rotates the one would wonder why the other is used. */
function bothSet(name: string, env: NodeJS.ProcessEnv): SecretFault {
  const origin = variableOrigin(name, env);
  const where = origin.kind === "env-file" ? origin.path : "the environment";
  return new SecretFault({
    expected: `either ${name} or ${name}_FILE, but both are set`,
    hint: `remove ${name} from ${where}, or unset ${name}_FILE`,
  });
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
    const { mtimeMs } = statSync(resolve(file));
    if (known && known.mtimeMs === mtimeMs) {
      known.checkedAt = at;
      return known.value;
    }
    const text = readFileSync(resolve(file), "utf8").replace(/^\uFEFF|\r?\n$/g, "");
    // A blank file sets nothing: anybody could sign with that.
    const value = text.trim() === "" ? undefined : { name, value: text };
    files.set(name, { value, mtimeMs, checkedAt: at });
    return value;
  } catch (error) {
    if (known) return known.value;
    throw new SecretFault(
      {
        expected: `the secret ${name}, but ${name}_FILE names ${file}, which can't be read`,
        hint: messageOf(error),
      },
      error,
    );
  }
}
