/** Options that several commands share. */
import type { Command } from "commander";
import { InvalidArgumentError, Option } from "commander";
import type { TimeRange } from "../../core/engine.ts";
import { GatewayError } from "../../core/errors.ts";
import { nearest } from "../../kit/suggest.ts";
import { parseInstant } from "./time.ts";

/** Where the config is. */
export type ConfigOption = { readonly config?: string };

/** Whether the result is JSON. */
export type JsonOption = { readonly json?: true };

/** Options of a `show` of one thing with a body. */
export type ShowOptions = ConfigOption &
  JsonOption & { readonly body?: true; readonly reveal?: true };

/** A page of a list. */
export type PageOptions = { readonly limit: number; readonly cursor?: string };

const mostRows = 10_000;

/** Adds `--config`. */
export function addConfig(command: Command): Command {
  return command.option(
    "-c, --config <path>",
    "the config (default: SUREHOOK_CONFIG, or surehook.config.ts here)",
  );
}

/** Adds `--json`. */
export function addJson(command: Command): Command {
  return command.option("--json", "print one JSON document, and nothing else, to standard output");
}

/** Adds a group's `show` of one thing with a body, by its id. */
export function addShow(group: Command, description: string, id: string): Command {
  const show = group
    .command("show")
    .description(description)
    .argument("<id>", id)
    .option("--body", "print only the body, byte for byte")
    .option("--reveal", "print signatures and tokens in full");
  return addConfig(addJson(show));
}

/** Adds `--since` and `--until`. */
export function addRange(command: Command): Command {
  return command
    .option("--since <time>", "from this time on: 15m, 2h, 3d ago, or an ISO time", parseInstant)
    .option("--until <time>", "before this time, written the same", parseInstant);
}

/** Adds `--type`, which may be given several times. */
export function addTypes(command: Command): Command {
  return command.option(
    "--type <glob>",
    "only events of this type, such as payment_intent.*; may be given again",
    (glob: string, globs: readonly string[] | undefined) => [...(globs ?? []), glob],
  );
}

/** Adds `--limit` and `--cursor`. */
export function addPage(command: Command): Command {
  return command
    .addOption(
      new Option("-n, --limit <count>", "rows to show at most")
        .default(20)
        .argParser((text) => wholeNumber(text, { least: 1, most: mostRows })),
    )
    .option("--cursor <cursor>", "go on where the last page ended (its `next`)");
}

/** A whole number within bounds. Throws InvalidArgumentError. */
export function wholeNumber(
  text: string,
  { least, most }: { readonly least: number; readonly most: number },
): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= least && number <= most) return number;
  throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
}

/** A rate per second. Throws InvalidArgumentError. */
export function perSecond(text: string): number {
  const rate = Number(text);
  if (text.trim() !== "" && Number.isFinite(rate) && rate > 0) return rate;
  throw new InvalidArgumentError("Give a number above 0, per second.");
}

/** Refuses words after a group's default command: `surehook events lst`. Throws USAGE. */
export function refuseWords(command: Command): void {
  const [word] = command.args;
  if (word === undefined) return;
  const group = command.parent?.name() ?? "";
  const siblings = command.parent?.commands.map((sibling) => sibling.name()) ?? [];
  const meant = nearest(word, siblings);
  throw new GatewayError(
    "USAGE",
    meant === undefined
      ? `\`surehook ${group} ${word}\` is not a command. To see one: surehook ${group} show ${word}`
      : `\`surehook ${group} ${word}\` is not a command. Did you mean \`surehook ${group} ${meant}\`?`,
  );
}

/** The bounds in time that were given. */
export function rangeOf({ since, until }: TimeRange): TimeRange {
  return { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) };
}
