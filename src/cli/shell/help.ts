/** How help looks, and what it says of every command. */
import { Help, type HelpConfiguration } from "commander";
import { exitCodes } from "./faults.ts";
import { helpColumns } from "./terminal.ts";

/** Where less room is left beside a term, its description stands below it. */
const leastRoom = 30;

/** Commander's help, in which nothing is wider than the terminal. */
export const helpConfiguration: HelpConfiguration = {
  minWidthToWrap: 16,
  formatItem: (term, termWidth, description, help) => {
    if (helpColumns() - termWidth - 4 >= leastRoom || description === "") {
      return Help.prototype.formatItem.call(help, term, termWidth, description, help);
    }
    const lines = help.boxWrap(description, helpColumns() - 6).split("\n");
    return [`  ${term}`, ...lines.map((line) => `      ${line}`)].join("\n");
  },
};

/** The exit codes, at the end of every help. */
export function exitCodesHelp(): string {
  const rows = Object.entries(exitCodes).map(([code, meaning]) => [code, meaning] as const);
  return section("Exit codes:", rows);
}

/** The environment, at the end of the program's own help. */
export function environmentHelp(): string {
  return section("Environment:", [
    ["SUREHOOK_CONFIG", "the config, where --config names none"],
    ["SUREHOOK_STORE", "where events are kept (.surehook/surehook.db)"],
    ["SUREHOOK_KEY", "what tokens are sealed with (default: a key file beside the store)"],
    ["SUREHOOK_PORT", "the port, where --port does not say; before the config's"],
    ["SUREHOOK_LOG_LEVEL", "debug, info, warn, error"],
    ["SUREHOOK_DEBUG", "set: a fault is shown with its stack"],
    ["NO_COLOR", "set: no colour"],
  ]);
}

function section(title: string, rows: readonly (readonly [string, string])[]): string {
  const help = Object.assign(new Help(), helpConfiguration);
  help.prepareContext({ helpWidth: helpColumns() });
  const width = Math.max(...rows.map(([term]) => term.length));
  const lines = rows.map(([term, text]) => help.formatItem(term, width, text, help));
  return ["", title, ...lines].join("\n");
}
