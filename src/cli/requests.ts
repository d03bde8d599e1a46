import { type Command, Option } from "commander";
import type { KeptRequest } from "../core/engine.ts";
import { errors } from "../core/errors.ts";
import { type RequestOutcome, requestOutcomes } from "../core/lifecycle.ts";
import { jsonBody, shownBody } from "./shell/body-text.ts";
import { requestLines, type ShowOptions } from "./shell/event-facts.ts";
import { findRequest } from "./shell/find.ts";
import { fullPage } from "./shell/listing.ts";
import { marksOf, masked } from "./shell/masking.ts";
import {
  addConfig,
  addJson,
  addPage,
  addRange,
  type ConfigOption,
  type JsonOption,
  type PageOptions,
  rangeOf,
  refuseWords,
} from "./shell/options.ts";
import { size } from "./shell/printable.ts";
import { release } from "./shell/release.ts";
import { action, type Shell } from "./shell/shell.ts";
import { configIfAny, withStore } from "./shell/store.ts";
import { table } from "./shell/table.ts";
import type { Tone } from "./shell/terminal.ts";

type ListOptions = ConfigOption &
  JsonOption &
  PageOptions & {
    readonly source?: string;
    readonly outcome?: RequestOutcome;
    readonly since?: number;
    readonly until?: number;
  };

/** Adds `surehook requests`. */
export function addRequests(program: Command): void {
  const group = program
    .command("requests")
    .description("what arrived, with its verdict; also what was refused");
  const list = group
    .command("list", { isDefault: true })
    .description("requests, newest first (this is also `surehook requests`)")
    .allowExcessArguments(true)
    .option("--source <name>", "only requests to this source")
    .addOption(
      new Option("--outcome <outcome>", "only requests that ended so").choices(requestOutcomes),
    );
  addConfig(addJson(addPage(addRange(list)))).action(action(listRequests));
  const show = group
    .command("show")
    .description("all that is kept of a request, with its headers and body")
    .argument("<id>", "the request's id")
    .option("--body", "print only the body, byte for byte")
    .option("--reveal", "print signatures and tokens in full");
  addConfig(addJson(show)).action(action(showRequest));
  const releasing = group
    .command("release")
    .description(
      "verify rejected requests again, as of their arrival and with the secrets of now, and accept those that pass, oldest first",
    )
    .argument("[ids...]", "requests (default: all that were rejected)")
    .option("--source <name>", "only requests to this source")
    .option("--dry-run", "say what would be released, and change nothing");
  addConfig(addJson(addRange(releasing))).action(action(release));
}

async function listRequests(
  shell: Shell,
  options: ListOptions,
  command: Command,
): Promise<undefined> {
  refuseWords(command, ["list", "show", "release"]);
  const { source, outcome } = options;
  const filter = {
    ...rangeOf(options),
    ...(source === undefined ? {} : { source }),
    ...(outcome === undefined ? {} : { outcome }),
  };
  const { items, next } = await withStore(shell, (engine) =>
    fullPage((page) => engine.requests(filter, page), options),
  );
  if (options.json) {
    const config = await configIfAny(shell, options.config);
    const shown = items.map((request) => masked(request, marksOf(config, request.source)));
    return shell.json({ items: shown, next }) as undefined;
  }
  if (items.length > 0) shell.print(requestTable(shell, items));
  else shell.hint(emptyHint(Object.keys(filter).length > 0));
  if (next !== undefined) shell.hint(`There are more: add --cursor ${next}`);
  return undefined;
}

function emptyHint(isFiltered: boolean): string {
  return isFiltered
    ? "No request fits. See all with `surehook requests`."
    : "No requests yet. Post one with `surehook send <source> <type>`; `surehook check` names the sources.";
}

const tones: Partial<Record<RequestOutcome, Tone>> = { rejected: "bad", conflict: "warn" };

function requestTable(shell: Shell, requests: readonly KeptRequest[]): string {
  return table(
    requests,
    [
      { title: "ID", of: ({ id }) => id },
      { title: "RECEIVED", of: ({ receivedAt }) => shell.when(receivedAt) },
      { title: "SOURCE", of: ({ source }) => source, least: 6 },
      {
        title: "OUTCOME",
        of: ({ outcome }) => outcome,
        tone: ({ outcome }) => tones[outcome],
      },
      { title: "REASON", of: ({ code }) => code, least: 8 },
      { title: "FROM", of: ({ remoteAddress }) => remoteAddress, least: 7 },
    ],
    shell.terminal,
  );
}

async function showRequest(
  shell: Shell,
  id: string,
  options: ShowOptions & { readonly body?: true },
): Promise<undefined> {
  const config = await configIfAny(shell, options.config);
  return withStore(shell, async (engine) => {
    const kept = await findRequest(engine, id);
    const body = (await engine.body(id)) ?? Buffer.alloc(0);
    const request = options.reveal ? kept : masked(kept, marksOf(config, kept.source));
    if (options.body) process.stdout.write(body);
    else if (options.json) shell.json({ request, ...jsonBody(body) });
    else printRequest(shell, request, body);
    return undefined;
  });
}

function printRequest(shell: Shell, request: KeptRequest, body: Buffer): void {
  const title = (text: string): string => shell.terminal.paint("strong", text);
  shell.print(title("Request"), ...requestLines(shell, request));
  shell.print("", title(`Body (${size(body.length)})`), shownBody(body));
  if (request.outcome !== "rejected" || request.code === undefined) return;
  shell.hint(
    "",
    errors[request.code].cause,
    `Once that is mended: surehook requests release ${request.id}`,
  );
}
