/** How a command ends: its exit code, and what is said when it fails. */
import { CommanderError } from "commander";
import type { Code } from "../../core/errors.ts";
import { errors, GatewayError, messageOf } from "../../core/errors.ts";
import type { Mistake } from "../../core/mistakes.ts";
import { printable } from "./printable.ts";
import { paintError, wantsStacks } from "./terminal.ts";

/** 0: done; 1: failed; 2: wrong words, options or config; 3: there is no such thing. */
export type ExitCode = 0 | 1 | 2 | 3;

/** The exit codes, as help shows them. */
export const exitCodesText = "Exit codes: 0 done, 1 failed, 2 wrong usage or config, 3 not found.";

const exitCodes: Partial<Record<Code, ExitCode>> = {
  USAGE: 2,
  CONFIG_INVALID: 2,
  SOURCE_OFF: 2,
  NOT_FOUND: 3,
};

/** Says on standard error what went wrong and what to do, and returns the exit code. */
export function reportFault(error: unknown): ExitCode {
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  const fault = faultOf(error);
  const mistakes = mistakesIn(error);
  const what = mistakes.length > 0 ? headline(fault.message) : firstSentence(fault.message);
  const happened = `${paintError("bad", "surehook:")} ${what} [${fault.code}]`;
  const details = mistakes.flatMap((mistake) => ["", ...mistakeLines(mistake)]);
  const advice = mistakes.length > 0 ? ["", errors[fault.code].remedy] : [adviceOf(fault)];
  process.stderr.write(`${[happened, ...details, ...advice].join("\n")}\n`);
  if (wantsStacks() && error instanceof Error) process.stderr.write(`${stackOf(error)}\n`);
  return exitCodes[fault.code] ?? 1;
}

/** All mistakes of a config, where the fault is one. */
export function mistakesIn(error: unknown): readonly Mistake[] {
  const isConfigFault = error instanceof GatewayError && "mistakes" in error;
  return isConfigFault && Array.isArray(error.mistakes) ? error.mistakes : [];
}

function faultOf(error: unknown): { readonly code: Code; readonly message: string } {
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
function adviceOf({ code, message }: { readonly code: Code; readonly message: string }): string {
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
