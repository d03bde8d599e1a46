/** Sources, destinations and routes of a config, as tables. */

import type { ShownSource } from "../../app/shown-source.ts";
import type { Mistake } from "../../core/mistakes.ts";
import type { Destination } from "../../core/settings.ts";
import type { Route } from "../../core/types.ts";
import { table } from "./table.ts";
import { moduleName, targetOf } from "./target.ts";
import type { Terminal } from "./terminal.ts";
import { duration } from "./time.ts";

/** A table of sources: on, or off and why. */
export function describeSources(sources: readonly ShownSource[], terminal: Terminal): string {
  return table(
    sources,
    [
      { title: "NAME", of: ({ name }) => name },
      { title: "PROVIDER", of: ({ provider }) => provider },
      { title: "PATH", of: ({ path }) => path },
      {
        title: "STATE",
        of: ({ on }) => (on ? "on" : "off"),
        tone: ({ on }) => (on ? "good" : "warn"),
      },
      { title: "NOTE", of: ({ note }) => note, least: 16 },
    ],
    terminal,
  );
}

/** A table of destinations. */
export function describeDestinations(
  destinations: readonly Destination[],
  { address, terminal }: { readonly address: string; readonly terminal: Terminal },
): string {
  if (destinations.length === 0) return "(none: events are kept and go nowhere)";
  return table(
    destinations,
    [
      { title: "NAME", of: ({ name }) => name },
      { title: "KIND", of: ({ type }) => type.name },
      { title: "TARGET", of: (destination) => targetOf(destination, address), least: 20 },
      { title: "TIMEOUT", of: ({ pacing }) => duration(pacing.timeoutMs) },
      { title: "ATTEMPTS", of: ({ pacing }) => String(pacing.retry.attempts) },
    ],
    terminal,
  );
}

/** A table of routes. */
export function describeRoutes(routes: readonly Route[], terminal: Terminal): string {
  if (routes.length === 0) return "(none: events are kept and go nowhere)";
  return table(
    routes,
    [
      { title: "FROM", of: ({ from }) => from?.join(", ") ?? "every source", least: 12 },
      { title: "TYPES", of: ({ types }) => types?.join(", ") ?? "all", least: 12 },
      { title: "TO", of: ({ to }) => to.join(", "), least: 12 },
      { title: "FORM", of: formOf, least: 12 },
    ],
    terminal,
  );
}

/** Nothing for raw, as nearly all routes are. */
function formOf({ form, transform }: Route): string | undefined {
  if (transform === undefined) return form === "raw" ? undefined : form;
  return ["transform", moduleName(transform)].filter((word) => word !== undefined).join(" ");
}

/** What may be wrong with a config that runs, a line each. */
export function doubtLines(doubts: readonly Mistake[]): string[] {
  return doubts.map(({ path, expected, hint }) => `Note: ${path}: expected ${expected}: ${hint}`);
}
