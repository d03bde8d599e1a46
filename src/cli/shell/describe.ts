/** Sources, destinations and routes of a config, as tables. */

import type { SecretReader } from "../../app/config.ts";
import { learnsNote } from "../../app/learned-secrets.ts";
import { isOn } from "../../app/secrets.ts";
import { isUnconfirmed, unconfirmedNote } from "../../app/unconfirmed.ts";
import type { Destination, Source } from "../../core/settings.ts";
import type { Route } from "../../core/types.ts";
import { table } from "./table.ts";
import type { Terminal } from "./terminal.ts";
import { duration } from "./time.ts";

/** What is said of a source. */
export type SourceLine = {
  readonly name: string;
  readonly provider: string;
  readonly path: string;
  readonly on: boolean;
  readonly note?: string;
};

/** What is said of a source of a config that doesn't run. */
export function sourceLine(source: Source, read: SecretReader): SourceLine {
  const { name, provider, path, secrets, unsigned, learns } = source;
  const on = isOn(source, read);
  const byTenant = typeof secrets === "function" ? "secrets by parameter" : undefined;
  const bySource = learns ? learnsNote : byTenant;
  const known = isUnconfirmed(source) ? unconfirmedNote : bySource;
  const note = on ? (unsigned ? "accepts anything: unsigned" : known) : offNote(secrets);
  return {
    name,
    provider: provider.name,
    path: path.text,
    on,
    ...(note === undefined ? {} : { note }),
  };
}

/** A table of sources: on, or off and why. */
export function describeSources(sources: readonly SourceLine[], terminal: Terminal): string {
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
  terminal: Terminal,
): string {
  if (destinations.length === 0) return "(none: events are kept and go nowhere)";
  return table(
    destinations,
    [
      { title: "NAME", of: ({ name }) => name },
      { title: "KIND", of: ({ type }) => type.name },
      { title: "TARGET", of: ({ options }) => targetOf(options), least: 20 },
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
    ],
    terminal,
  );
}

/** Where a destination with an address leads; never what may be a credential in it. */
export function targetOf(options: unknown): string | undefined {
  if (typeof options !== "object" || options === null || !("url" in options)) return undefined;
  const { url } = options;
  if (typeof url === "string") return withoutCredentials(url);
  const isSecret = typeof url === "object" && url !== null && "name" in url;
  return isSecret ? `the secret ${String(url.name)}` : undefined;
}

function withoutCredentials(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, host, pathname, search } = new URL(text);
  return `${protocol}//${host}${pathname}${search === "" ? "" : "?…"}`;
}

function offNote(secrets: Source["secrets"]): string {
  const names = typeof secrets === "function" ? [] : secrets.map(({ name }) => name);
  return `answers 503: set ${names.length === 0 ? "a secret" : names.join(" or ")}`;
}
