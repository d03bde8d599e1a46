import { type Command, Option } from "commander";
import { viewLearned } from "../app/operate.ts";
import { operatorSecrets } from "../app/operator-secrets.ts";
import type { Diagnosis } from "../core/diagnose/cause.ts";
import type { KeptRequest } from "../core/engine.ts";
import { errors } from "../core/errors.ts";
import { type RequestOutcome, requestOutcomes } from "../core/lifecycle.ts";
import { jsonBody, shownBody } from "./shell/body-text.ts";
import { diagnosisLines, diagnosisOf } from "./shell/diagnosis.ts";
import { requestLines } from "./shell/event-facts.ts";
import { findRequest } from "./shell/find.ts";
import { addList, fullPage, type ListOptions, showPage } from "./shell/listing.ts";
import { marksOf, masked } from "./shell/masking.ts";
import { refuseUnknown } from "./shell/names.ts";
import {
  addConfig,
  addJson,
  addRange,
  addShow,
  rangeOf,
  type ShowOptions,
} from "./shell/options.ts";
import { size } from "./shell/printable.ts";
import { release } from "./shell/release.ts";
import { action, type Shell } from "./shell/shell.ts";
import { configIfAny, gatewayIfAny, lookAt } from "./shell/store.ts";
import { table } from "./shell/table.ts";
import type { Tone } from "./shell/terminal.ts";

type RequestsOptions = ListOptions & {
  readonly source?: string;
  readonly outcome?: RequestOutcome;
};

/** Adds `surehook requests`. */
export function addRequests(program: Command): void {
  const group = program
    .command("requests")
    .description("what arrived, with its verdict; also what was refused");
  addList(group, "requests, newest first", (list) =>
    list
      .option("--source <name>", "only requests to this source")
      .addOption(
        new Option("--outcome <outcome>", "only requests that ended so").choices(requestOutcomes),
      ),
  ).action(action(listRequests));
  addShow(
    group,
    "all that is kept of a request, with its headers and body",
    "the request's id",
  ).action(action(showRequest));
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

async function listRequests(shell: Shell, options: RequestsOptions): Promise<undefined> {
  const { source, outcome, json } = options;
  const filter = {
    ...rangeOf(options),
    ...(source === undefined ? {} : { source }),
    ...(outcome === undefined ? {} : { outcome }),
  };
  const page = await lookAt(shell, async (engine) => {
    await refuseUnknown(engine, { source }, () => gatewayIfAny(shell, options.config));
    return fullPage((part) => engine.requests(filter, part), options);
  });
  const config = json ? await configIfAny(shell, options.config) : undefined;
  const items = page.items.map((request) => masked(request, marksOf(config, request.source)));
  showPage(
    shell,
    { ...page, items },
    {
      json,
      table: (requests) => requestTable(shell, requests),
      empty: emptyText(Object.keys(filter).length > 0),
    },
  );
  return undefined;
}

function emptyText(isFiltered: boolean): string {
  return isFiltered
    ? "No request fits. See all with `surehook requests`."
    : "No requests yet. Post one with `surehook send <source> <type>`; `surehook check` names the sources.";
}

const tones: Partial<Record<RequestOutcome, Tone>> = { rejected: "bad", conflict: "warn" };

function requestTable(shell: Shell, requests: readonly KeptRequest[]): string {
  return table(
    requests,
    [
      { title: "ID", of: ({ id }) => id, below: true },
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

async function showRequest(shell: Shell, id: string, options: ShowOptions): Promise<undefined> {
  const config = await configIfAny(shell, options.config);
  return lookAt(shell, async (engine) => {
    const kept = await findRequest(engine, id);
    const body = (await engine.body(id)) ?? Buffer.alloc(0);
    const request = options.reveal ? kept : masked(kept, marksOf(config, kept.source));
    const diagnosis = options.body
      ? undefined
      : await diagnosisOf(
          config?.gateway,
          { kept, body },
          {
            learned: () => viewLearned(engine, shell.environment),
            secrets: () => operatorSecrets(shell.environment),
          },
        );
    if (options.body) process.stdout.write(body);
    else if (options.json)
      shell.json({ request, ...jsonBody(body), ...(diagnosis && { diagnosis }) });
    else printRequest(shell, request, { body, diagnosis });
    return undefined;
  });
}

function printRequest(
  shell: Shell,
  request: KeptRequest,
  { body, diagnosis }: { readonly body: Buffer; readonly diagnosis: Diagnosis | undefined },
): void {
  const title = (text: string): string => shell.terminal.paint("strong", text);
  shell.print(title("Request"), ...requestLines(shell, request));
  shell.print("", title(`Body (${size(body.length)})`), shownBody(body, shell.terminal.columns));
  if (request.outcome !== "rejected" || request.code === undefined) return;
  const release = `\`surehook requests release ${request.id}\``;
  if (diagnosis === undefined) {
    shell.hint("", errors[request.code].cause, `Once that is mended: ${release}`);
  } else if (diagnosis.verdict === "rejected") {
    shell.print("", title("Why"), ...diagnosisLines(diagnosis, shell.terminal));
    if (!isHandshake(diagnosis)) shell.hint("", `Once that is mended: ${release}`);
  } else if (diagnosis.verdict === "handshake") {
    shell.print("", title("Why"), "It is a handshake that is answered now.");
    shell.hint("", "No event can come of it: have the sender ask again.");
  } else {
    const words = `It verifies now, with ${diagnosis.secret}.`;
    shell.print("", title("Why"), words);
    shell.hint("", `Have it accepted: ${release}`);
  }
}

/** Once it is mended the sender asks again; to release it would yield nothing. */
function isHandshake({ causes }: Diagnosis): boolean {
  return causes.some(({ kind }) => kind === "handshake");
}
