/** The page of providers: all of it is what the list says. */
import {
  allProviders,
  dedupeWords,
  evidenceWords,
  type ProviderSummary,
  summaryOf,
} from "../../src/app/provider-facts.ts";
import type { SchemeFacts } from "../../src/core/types.ts";
import { mostItems } from "../../src/providers/schemes/batch.ts";
import { cell } from "./option-table.ts";

const all = await Promise.all(allProviders.map(summaryOf));

/** The page's lines. */
export function providerLines(): readonly string[] {
  const count = (kind: string): number =>
    all.filter(({ evidence }) => evidence.kind === kind).length;
  return [
    `The ${all.length} senders that Surehook verifies, and how it knows: ${count("sdk")} by an official SDK (sdk: the package named took a request that was signed so), ${count("vector")} by what the sender publishes as an example (vector), ${count("docs")} by its documentation or source, read on the day given (docs). ${count("unconfirmed")} are **unconfirmed**: put together from what others say, and to be held against a real request before they are relied on. A sender that isn't here: [describe it](custom-sender.md).`,
    "",
    "Each of those SDKs is run by Surehook's tests (`test/oracle`): it takes what Surehook signs, refuses it changed or under another secret, and Surehook takes what it signs where it can sign. `svix` and `standardwebhooks` stand for senders whose documentation names them.",
    "",
    "`surehook providers` shows the same in the terminal, `surehook providers <name>` one of them with the line for the config, and `--json` all facts.",
    "",
    "| provider | sender | header | algorithm | instant signed | evidence | answers within | tries again | a repeat is known by | largest body | not covered |",
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ...all.map(rowOf),
    "",
    "An event whose body the proof doesn't cover is `authenticated`, not `verified`. A repeat is recognised for 30 days by an id, for 60 s by the content alone.",
    "",
    "## Handshakes",
    "",
    "What a sender asks before it sends, or beside its events, and how the gateway answers. A handshake is no event: it is answered, leaves a line in the log, and nothing is kept of it. 60 a minute are answered for each address.",
    "",
    ...allProviders
      .filter(({ handshakeWords = [] }) => handshakeWords.length > 0)
      .map(({ name, handshakeWords = [] }) => `- \`${name}\`: ${handshakeWords.join("; ")}.`),
    "",
    ...handshakeLines,
    "## Batches",
    "",
    `What may stand in one request of these senders becomes an event for each item, in one transaction, with a dedupe key and bytes of its own; what is around the items is in the kept request. An empty batch is kept and tells none. A body that is no such list, or one of more than ${mostItems} items, is one event.`,
    "",
    ...allProviders.flatMap(({ name, batch }) =>
      batch === undefined
        ? []
        : [`- \`${name}\`: ${batch.items.map((path) => `\`${path}\``).join(", else ")}`],
    ),
    "",
    "## Sample events",
    "",
    "`surehook send <source> <type>` makes these; a sender without any gets a generic one of any type.",
    "",
    ...all
      .filter(({ samples }) => samples.length > 0)
      .map(
        ({ name, samples }) => `- \`${name}\`: ${samples.map((type) => `\`${type}\``).join(", ")}`,
      ),
    "",
  ];
}

const handshakeLines = [
  "Where the challenge is signed with the key that also signs events, only a challenge of the sender's form is signed, and an event that has that form is refused: a signature that anybody can ask for proves nothing.",
  "",
  "`asana` and `notion` show their secret in the handshake. With `learn: true` such a source may start without a secret, and answers 503 until one is shown. **The first one that is shown becomes live, whoever shows it**: set the sender up at once, and look at `surehook secrets list <source>` after. Where the source has a live secret, of the config or learned, another that is shown is answered but waits: nothing is accepted by it until `surehook secrets confirm <source> <name>`; what came meanwhile is kept as rejected and can be released. Ten wait at most, then 429, until one of them is confirmed or dropped, or has waited for three days: then the oldest one that waits gives way to a new one; a live one never does. Learned secrets are sealed (`SUREHOOK_KEY`) and shared by all instances. Without `learn` only a secret that is live already is echoed. Notion wants the token entered by hand: `surehook secrets show <source> <name>`.",
];

function rowOf(one: ProviderSummary): string {
  const { name, title, docs, place, algorithm, dated, deadlineSeconds, retries } = one;
  const columns = [
    `\`${name}\``,
    `[${cell(title)}](${docs})`,
    place === undefined ? "" : placeCell(place),
    cell(algorithm ?? ""),
    yesOrNo(dated),
    cell(evidenceWords(one.evidence)),
    deadlineSeconds === undefined ? "" : `${deadlineSeconds} s`,
    yesOrNo(retries),
    cell(dedupeWords(one)),
    `${one.maxBodyBytes / 1_048_576} MiB`,
    cell(one.notCovered ?? ""),
  ];
  return `| ${columns.join(" | ")} |`;
}

function yesOrNo(value: boolean | undefined): string {
  if (value === undefined) return "";
  return value ? "yes" : "no";
}

function placeCell(place: SchemeFacts["place"]): string {
  if ("header" in place) return `\`${place.header}\``;
  if ("form" in place) return `\`${place.form}\` of the form`;
  return "query" in place ? `\`?${place.query}=\`` : `\`${place.field}\` of the body`;
}
