/** How a command ends: its exit code, and what is said when it fails. */
import { CommanderError } from "commander";
import { readEnvironment } from "../../app/config.ts";
import { ConfigError } from "../../app/load-config.ts";
import type { Code } from "../../core/errors.ts";
import { errors, GatewayError, messageOf } from "../../core/errors.ts";
import type { Mistake } from "../../core/mistakes.ts";
import { folded } from "./fold.ts";
import { configWords, invocation, quoted } from "./invocation.ts";
import { printable, printableJson } from "./printable.ts";
import { errorColumns, paintError, wantsStacks } from "./terminal.ts";

/** Exit codes and what each says. */
export const exitCodes = {
  0: "done",
  1: "failed, or not all of it was done",
  2: "wrong usage or config",
  3: "not found: no such name, id or store",
} as const;

/** How a command ends. */
export type ExitCode = keyof typeof exitCodes;

const exitCodeOf: Partial<Record<Code, ExitCode>> = {
  USAGE: 2,
  CONFIG_INVALID: 2,
  SOURCE_OFF: 2,
  NOT_FOUND: 3,
};

/**
 * Says on standard error what went wrong and what to do, as text or as one JSON object on a line; returns the exit
 * code. A config that is watched needs nothing run once it is mended.
 */
export function reportFault(error: unknown, { json = false, isWatched = false } = {}): ExitCode {
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  const fault = faultOf(error);
  const said = sayingOf(fault, mistakesIn(error), { isWatched });
  const stack = wantsStacks() && error instanceof Error ? stackOf(error) : undefined;
  process.stderr.write(
    json ? `${printableJson({ ...said, stack }, 0)}\n` : `${faultText(said, stack)}\n`,
  );
  return exitCodeOf[fault.code] ?? 1;
}

/** Whether a command line asks for JSON; it may be one that can't be parsed. */
export function asksForJson(words: readonly string[]): boolean {
  const end = words.indexOf("--");
  return words.slice(0, end < 0 ? undefined : end).includes("--json");
}

type Said = {
  /** What happened. */
  readonly error: string;
  readonly code: Code;
  /** What to do. */
  readonly hint: string;
  readonly mistakes?: readonly Mistake[];
};

type Watched = { readonly isWatched: boolean };

function sayingOf(fault: Fault, mistakes: readonly Mistake[], watched: Watched): Said {
  const { code, message } = fault;
  if (mistakes.length === 0) return { error: firstSentence(message), code, hint: adviceOf(fault) };
  const hint = remedyOf(fault, mistakes.length, watched);
  return { error: headline(message), code, hint, mistakes };
}

function remedyOf(fault: Fault, count: number, { isWatched }: Watched): string {
  if (!(fault instanceof ConfigError)) return errors[fault.code].remedy;
  const mend = `Mend ${count === 1 ? "it" : "them"}`;
  if (isWatched) return `${mend}.`;
  const words = ["check", ...configWords(fault.path, readEnvironment())].map(quoted).join(" ");
  return `${mend} and run \`${invocation()} ${words}\`.`;
}

function faultText({ error, code, hint, mistakes }: Said, stack: string | undefined): string {
  const lines = [`${paintError("bad", "surehook:")} ${error} [${code}]`];
  for (const mistake of mistakes ?? []) lines.push("", ...mistakeLines(mistake));
  if (mistakes !== undefined) lines.push("");
  lines.push(hint);
  const text = folded(lines.join("\n"), errorColumns());
  return stack === undefined ? text : `${text}\n${stack}`;
}

/** All mistakes of a config, where the fault is one. */
export function mistakesIn(error: unknown): readonly Mistake[] {
  const isConfigFault = error instanceof GatewayError && "mistakes" in error;
  return isConfigFault && Array.isArray(error.mistakes) ? error.mistakes : [];
}

type Fault = { readonly code: Code; readonly message: string };

function faultOf(error: unknown): Fault {
  if (error instanceof GatewayError) return error;
  if (error instanceof CommanderError) return { code: "USAGE", message: usageText(error.message) };
  return { code: "INTERNAL", message: messageOf(error) };
}

/** Commander's text as a sentence: `error: unknown command 'strat'\n(Did you mean start?)`. */
function usageText(text: string): string {
  const [first = "", ...rest] = text.replace(/^error: /, "").split("\n");
  const sentence = `${first.charAt(0).toUpperCase()}${first.slice(1)}`.replace(/\.?$/, ".");
  const hint = rest.join(" ").replace(/^\((.*)\)$/, "$1");
  return hint === "" ? sentence : `${sentence} ${hint}`;
}

function mistakeLines({ path, expected, hint }: Mistake): string[] {
  const lines = [
    `  ${paintError("strong", printable(path === "" ? "(the config itself)" : path))}`,
    `    expected: ${printable(expected)}`,
  ];
  return hint === undefined ? lines : [...lines, `    hint: ${printable(hint)}`];
}

/** The first line of a text that goes on with a list. */
function headline(text: string): string {
  return `${(text.split("\n", 1)[0] ?? "").replace(/:$/, "")}.`;
}

const sentences = /^([\s\S]*?[.!?])\s+(?=[A-Z`])([\s\S]+)$/;

function firstSentence(text: string): string {
  return linesPrintable(sentences.exec(text)?.[1] ?? text);
}

/** What the fault itself advises, else what the table of codes does. */
function adviceOf({ code, message }: Fault): string {
  const own = sentences.exec(message)?.[2];
  if (own !== undefined) return linesPrintable(own);
  if (code !== "INTERNAL") return errors[code].remedy;
  return "Run it again with SUREHOOK_DEBUG=1 and report what it prints.";
}

function linesPrintable(text: string): string {
  return text.split("\n").map(printable).join("\n");
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${error.cause.stack ?? ""}` : "";
  return `${error.stack ?? error.message}${cause}`;
}
