/** The pages that are written from code, by their paths in the repository. */
import { aliases } from "../../src/app/aliases.ts";
import { configJsonSchema } from "../../src/app/json-schema.ts";
import { exitCodes } from "../../src/cli/shell/faults.ts";
import { causes } from "../../src/core/diagnose/cause.ts";
import { errors } from "../../src/core/errors.ts";
import { isFinal, lifecycle } from "../../src/core/lifecycle.ts";
import { shapeOf } from "../../src/core/plain-setting.ts";
import { respondShape } from "../../src/core/respond.ts";
import {
  destinationShape,
  gatewayShape,
  routeShape,
  sourceShape,
} from "../../src/core/settings.ts";
import { destinations } from "../../src/destinations/index.ts";
import { providers } from "../../src/providers/index.ts";
import { awsPage } from "./aws-variables.ts";
import { formLines, schemaLines, selectorLines } from "./config-prose.ts";
import { cell, table } from "./option-table.ts";
import { providerLines } from "./providers-page.ts";

/** Each page's text. */
export function generatedDocs(): Readonly<Record<string, string>> {
  return {
    "docs/aws.md": awsPage(),
    "docs/errors.md": errorsPage(),
    "docs/deliveries.md": deliveriesPage(),
    "docs/cli.md": cliPage(),
    "docs/config.md": configPage(),
    "docs/destinations.md": destinationsPage(),
    "docs/providers.md": providersPage(),
    "schema/surehook.schema.json": `${JSON.stringify(configJsonSchema(), undefined, 2)}\n`,
  };
}

const note = "<!-- Written from code by `node scripts/write-docs.ts`. -->";

function errorsPage(): string {
  const rows = Object.entries(errors).map(
    ([code, { status, cause, remedy }]) =>
      `| \`${code}\` | ${status === 0 ? "–" : status} | ${cell(cause)} | ${cell(remedy)} |`,
  );
  return page("Codes", [
    "Every code that Surehook answers, logs or prints. A status is what a sender is answered; codes without one are of the config, the command line or a delivery's attempt.",
    "",
    "| code | status | cause | remedy |",
    "| --- | --- | --- | --- |",
    ...rows,
  ]);
}

function cliPage(): string {
  return page("The command line", [
    "`surehook --help` names the commands, `surehook <command> --help` their options.",
    "",
    "Where neither `--config` nor `SUREHOOK_CONFIG` names a config, it is the `surehook.config.ts` (`.js`, `.mjs`, `.json`, or `config/webhooks.json`) of the working directory, and events are kept below it, in `.surehook`. `npm run surehook -- <command>` of a clone works in the clone's folder for who stands anywhere in it; from elsewhere (`npm --prefix <clone> run surehook -- <command>`), where one stands.",
    "",
    "## Exit codes",
    "",
    "| code | meaning |",
    "| --- | --- |",
    ...Object.entries(exitCodes).map(([code, meaning]) => `| ${code} | ${cell(meaning)} |`),
    "",
    "- 1 also where only a part was done: `requests release` and `send` end with it when one request was refused.",
    "- 1 also where something is named and nothing is left to do with it, which is printed as the result: `deliveries cancel` of what is cancelled already or settled, `resume` of what isn't paused, `requests release` of what was not rejected, `replay` of an event that goes nowhere. A choice by options that fits nothing is done with 0.",
    "- 3 for every name or id that is not there: of a source, destination, sample, event, request, delivery, or store. A source or destination that has left the config can still be named in lists while the store has rows of it.",
    "",
    "## Why a request was refused",
    "",
    "`requests show <id>` of a refused request says why, and so does `verify` of one that was captured: it is judged again in other ways, one change at a time, and what makes it pass is the reason.",
    "",
    "```text",
    "surehook verify --source stripe --headers headers.txt --body body.json --at 2026-11-20T08:00:00Z",
    "```",
    "",
    ...causeRows(),
    "",
    "✓ is proven: the request verifies that way. ? is likely. Neither a secret nor a signature is printed. The work is bounded, whatever the request.",
    "",
    "## For programs",
    "",
    "With `--json` a command prints one JSON document to standard output (`events tail`: one a line). A fault is then one JSON object on a line of standard error, with [a code](errors.md):",
    "",
    "```json",
    '{"error":"There is no event 42.","code":"NOT_FOUND","hint":"See what is there with `surehook events`."}',
    "```",
    "",
    "A fault of the config has `mistakes` in addition, each with `path`, `expected` and perhaps `hint`. `check --json` prints them to standard output, as they are its result.",
  ]);
}

function causeRows(): string[] {
  const rows = Object.entries(causes).map(([kind, words]) => `| \`${kind}\` | ${cell(words)} |`);
  return ["| `kind` in `--json` | what it says |", "| --- | --- |", ...rows];
}

function deliveriesPage(): string {
  const arrows = Object.entries(lifecycle).flatMap(([from, list]) =>
    list.map((to) => `    ${from} --> ${to}`),
  );
  const ends = Object.keys(lifecycle).filter((state) => isFinal(state as keyof typeof lifecycle));
  return page("The life of a delivery", [
    "A delivery is one event owed to one destination. It is `ready` when it may go, `leased` while an attempt is under way, and final when it is " +
      `${ends.map((state) => `\`${state}\``).join(", ")}.`,
    "",
    "```mermaid",
    "stateDiagram-v2",
    "    [*] --> ready",
    ...arrows,
    ...ends.map((state) => `    ${state} --> [*]`),
    "```",
    "",
    "- A failed attempt makes it `ready` again with a later time, until attempts or age run out: then it is `dead`, and written to the archive.",
    "- A lease that ran out (a crash) is rescued: the delivery is `ready` again. A destination may therefore see an event more than once, always under the same `webhook-id`.",
    "- An attempt that was interrupted isn't counted: another event broke the process of a `code` destination that it was in, or it waited too long for its turn, or for its turn when the gateway stopped. After such a break each runs alone, so that only the event that breaks the process dies of it. A handler may therefore run again without a higher `attempt`.",
    "- A paused destination's deliveries stay `ready` and are shown as held, with the reason.",
    "- A replay is a new delivery of the same event.",
  ]);
}

function aliasLines(): readonly string[] {
  const ofWhat = { source: "source", destination: "destination", gateway: "the top only" } as const;
  return [
    "## Other names in the JSON form",
    "",
    "The JSON form (not TypeScript) also takes names that handlers written by hand or by generators often have. Each is mapped once, when the config is read; at the top it holds for all sources or destinations that don't say it themselves. A name beside ours of the same meaning is a mistake.",
    "",
    "| name | on | becomes |",
    "| --- | --- | --- |",
    ...Object.entries(aliases).map(
      ([name, alias]) =>
        `| \`${name}\` | ${alias.of === "gateway" ? ofWhat.gateway : `${ofWhat[alias.of]}, or the top`} | ${cell(alias.becomes)}. |`,
    ),
  ];
}

function configPage(): string {
  return page("The config", [
    '`surehook.config.ts` exports `defineGateway({ … })`; `surehook.config.json` is the same in JSON, with [a schema](../schema/surehook.schema.json), `{ "secret": "NAME" }` for `secret("NAME")`, `"provider"` and `"kind"` for the functions, and module paths for functions. `surehook check` reads it and reports every mistake at once.',
    "",
    "A relative path in it (`certFile`, `archive.folder`, the `folder` of a `file` destination, a module) is from the folder of the config, wherever the gateway is started. Paths outside of it (`--config`, `--file`, `SUREHOOK_STORE`, `<NAME>_FILE`) are from the working directory.",
    "",
    "## Gateway",
    "",
    ...table(gatewayShape),
    "",
    "## Every source",
    "",
    ...table(sourceShape),
    "",
    ...schemaLines,
    ...providers
      .filter(({ settings }) => settings !== undefined)
      .flatMap(({ name, settings }) => [
        `## \`${name}\` in addition`,
        "",
        ...table(shapeOf(settings)),
        "",
        ...(name === "hmac" ? selectorLines : []),
      ]),
    "## `respond` of a source",
    "",
    ...table(respondShape),
    "",
    ...respondLines,
    "",
    "## Every destination",
    "",
    ...table(destinationShape),
    "",
    "And the options of its kind: [Destinations](destinations.md).",
    "",
    "## Routes",
    "",
    ...table(routeShape),
    "",
    ...formLines,
    "",
    ...aliasLines(),
  ]);
}

function destinationsPage(): string {
  return page("Destinations", [
    "Where events go. Each kind has these options beside [those of every destination](config.md#every-destination). An event may come twice, after a crash say, always with the same id.",
    "",
    "- **On AWS** (`dynamodb`, `eventbridge`, `s3`, `sns`, `sqs`): from any machine, with the credentials of the standard AWS chain (environment, profile, role). Each needs its SDK client, such as `npm install @aws-sdk/client-sqs`; AWS Lambda brings them. An answer that is no success is tried again as `retry` says; what is too large or lacks a value is refused at once, and archived.",
    "- **With `surehook start --local`** nothing of AWS is asked: in `local` beside the store, `dynamodb` is a table of the same attributes in the SQLite file `dynamodb.db`, `s3` a folder `s3/<bucket>` of the same keys, and `sqs`, `sns` and `eventbridge` are files (`sqs/<queue>.jsonl`) with a line of JSON for each event, as it would be sent. Missing credentials never choose that.",
    "",
    ...Object.values(destinations).flatMap(({ name, title, settings, concurrency }) => [
      `## \`${name}\`: ${title}`,
      "",
      `Deliveries in flight at once: ${concurrency}, where \`concurrency\` doesn't say otherwise.`,
      "",
      ...table(settings),
      "",
    ]),
  ]);
}

const respondLines = [
  "For senders that want a computed answer: Discord's interactions, Slack's commands, Twilio's TwiML, Vapi's tools. The module exports `respond(event, context)`: `event` is what a `code` destination's `handle` gets, `context` has `signal` and `log`. It returns a text, or `{ status, headers, body }`, where a `body` that is no text goes out as JSON.",
  "",
  "```ts",
  '// answer.ts, named by respond: () => import("./answer.ts")',
  'import type { RespondModule } from "surehook/destinations";',
  "",
  "type Command = { readonly data: { readonly name: string } };",
  "",
  'export const respond: RespondModule<Command>["respond"] = ({ payload }) => ({',
  '  body: { type: 4, data: { content: ["You asked for", payload.data.name].join(" ") } },',
  "});",
  "```",
  "",
  "- The event is kept first, and delivered as its routes say, whatever the module does. A source needs no route for it.",
  "- The module has the sender's deadline from the request's arrival, less half a second (of a deadline under two seconds a quarter) for keeping the answer and for its way. Where it is late, throws, returns nothing or something that can't be sent, the fallback is sent; the log says which it was (`late`, `failed`, `unusable`), not what was thrown.",
  "- The answer is kept, the fallback too, and a duplicate gets it. A duplicate that comes while the first is being answered waits for the same answer. Where a crash came between, so that there is none, a duplicate has the module asked again: by the same `event.id`.",
  '- It runs as a `code` destination does: in a process of its own, which is ended and started anew where it blocks or crashes. With `isolation: "none"` a module that blocks holds up the gateway, and its deadline with it.',
  "- What came as a form has no `payload` (Slack's commands, whose type is their word, such as `/weather`, and interactions; Twilio's calls): read `new URLSearchParams(event.body.toString())`.",
  "- Handshakes of the provider, refused requests and those over a rate are answered without it. A sender of [batches](providers.md#batches) can't have one.",
  "- On AWS it runs in the receiver, and is given as a function: [what differs](aws.md#what-is-built).",
];

function providersPage(): string {
  return page("Providers", [...providerLines(), ...senderLines]);
}

const senderLines = [
  "## PayPal",
  "",
  "The source's secrets are the ids of its webhooks, which PayPal signs along. By default a request is verified by the certificate that it names: only below `https://api.paypal.com/v1/notifications/certs/` and the same at `api.sandbox.paypal.com`, for a name below `paypal.com`, signed by an authority that Node trusts (`NODE_EXTRA_CA_CERTS` adds some), and valid when the request arrived. With `verify: \"postback\"` PayPal is asked about each request. Where the certificate or the answer can't be had, the sender is answered 503 (`KEYS_UNAVAILABLE`) and comes again.",
  "",
  "- Events of PayPal's simulator are signed for the id `WEBHOOK_ID`. Anybody can make them: make that id live only to try things out. They can't be verified by postback.",
  "- Only PayPal has the key, so `surehook send` can't sign its samples: it sends them to a source with `unsigned: true` and no secrets.",
  "- The signature covers a CRC32 of the body, and who holds one signed request can make other bodies of the same. Keep its headers as secret as its body.",
  "",
  "## Square",
  "",
  "Square signs the notification URL as it was registered, to the last slash, and the body. The URL is `publicUrl` with the request's path and query; a source that was registered under another has `notificationUrl`.",
];

function page(title: string, lines: readonly string[]): string {
  return `# ${title}\n\n${note}\n\n${lines.join("\n").trimEnd()}\n`;
}
