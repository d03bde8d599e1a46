import { type Command, Option } from "commander";
import {
  allProviders,
  configLines,
  dedupeWords,
  type ProviderSummary,
  placesWords,
  placeWords,
  summaryOf,
} from "../app/provider-facts.ts";
import { GatewayError } from "../core/errors.ts";
import type { Evidence } from "../core/types.ts";
import { adviceAmongMany } from "../kit/suggest.ts";
import { wrapped } from "./shell/diagnosis.ts";
import { addJson, type JsonOption } from "./shell/options.ts";
import { counted } from "./shell/printable.ts";
import { action, type Shell } from "./shell/shell.ts";
import { type Column, facts, table } from "./shell/table.ts";
import type { Tone } from "./shell/terminal.ts";

const kinds = ["sdk", "vector", "docs", "unconfirmed"] as const;

type ProvidersOptions = JsonOption & { readonly evidence?: Evidence["kind"] };

/** Adds `surehook providers`. */
export function addProviders(program: Command): void {
  const command = program
    .command("providers")
    .description("the senders that can be verified, and how it is known; or all about one")
    .argument("[name]", "a provider's name, such as stripe")
    .addOption(new Option("--evidence <kind>", "only those known so").choices(kinds));
  addJson(command).action(action(providers));
}

async function providers(
  shell: Shell,
  name: string | undefined,
  { evidence, json }: ProvidersOptions,
): Promise<undefined> {
  if (name !== undefined) {
    const one = await summaryOf(providerNamed(name));
    if (json) shell.json(one);
    else explain(shell, one);
    return undefined;
  }
  const all = await Promise.all(allProviders.map(summaryOf));
  const items = all.filter((one) => evidence === undefined || one.evidence.kind === evidence);
  if (json) shell.json({ items });
  else list(shell, items);
  return undefined;
}

const listed = "`surehook providers` lists all; hmac takes any other sender that signs by HMAC.";

function providerNamed(name: string) {
  const found = allProviders.find((one) => one.name === name.toLowerCase());
  if (found !== undefined) return found;
  const known = allProviders.map((one) => one.name);
  throw new GatewayError(
    "NOT_FOUND",
    `There is no provider "${name}". ${adviceAmongMany(name, known, listed)}`,
  );
}

const tones: Readonly<Record<Evidence["kind"], Tone>> = {
  sdk: "good",
  vector: "good",
  docs: "faint",
  unconfirmed: "warn",
};

/** Narrower, the header's name is worth more than the sender's, which is nearly the provider's. */
const roomy = 110;
const sender: Column<ProviderSummary> = { title: "SENDER", of: ({ title }) => title, least: 12 };

function list(shell: Shell, items: readonly ProviderSummary[]): void {
  shell.print(
    table(
      items,
      [
        { title: "NAME", of: ({ name }) => name },
        ...(shell.terminal.columns < roomy ? [] : [sender]),
        {
          title: "EVIDENCE",
          of: ({ evidence }) => evidence.kind,
          tone: ({ evidence }) => tones[evidence.kind],
        },
        { title: "ALGORITHM", of: ({ algorithm }) => algorithm, least: 17 },
        { title: "HEADER", of: ({ place }) => place && placeWords(place), least: 20 },
      ],
      shell.terminal,
    ),
  );
  const unconfirmed = items.filter(({ evidence }) => evidence.kind === "unconfirmed").length;
  shell.hint(
    "",
    `${counted(items.length, "provider")}, ${unconfirmed} of them unconfirmed. All about one: surehook providers <name>`,
  );
}

function explain({ terminal, print, hint }: Shell, one: ProviderSummary): void {
  const title = (text: string): string => terminal.paint("strong", text);
  print(title(one.title), facts(factsOf(one), terminal), "", title("In the config"));
  print(...configLines(one).map((line) => `  ${line}`));
  if (one.evidence.kind !== "unconfirmed") return;
  const note =
    "Unconfirmed: put together from what others say. Hold it against a real request before you rely on it; `surehook verify` says what doesn't fit.";
  hint("", ...wrapped(note, Math.min(terminal.columns, 100)));
}

function factsOf(one: ProviderSummary): readonly (readonly [string, string | undefined])[] {
  const { evidence, place, algorithm, deadlineSeconds, retries, notCovered, samples } = one;
  return [
    ["name", one.name],
    ["proof", place && `${placeWords(place)}: ${algorithm}`],
    ["signed", one.signed],
    ["secret", one.key && keyWords[one.key]],
    ["instant", one.dated ? `signed, ${one.toleranceSeconds} s either way` : instantWords(one)],
    ["needs", needsWords(one)],
    ["address", one.signsUrl ? "signed: set publicUrl" : undefined],
    ["events are", one.assurance],
    ["not covered", notCovered],
    ["evidence", `${evidence.kind}: ${evidence.source}`],
    ["read", evidence.kind === "docs" ? `${evidence.readOn}: ${evidence.read}` : undefined],
    ["answers within", deadlineSeconds === undefined ? undefined : `${deadlineSeconds} s`],
    ["tries again", retries === undefined ? "not known" : retries ? "yes" : "no"],
    ["repeat known by", dedupeWords(one)],
    ["type", one.type.length === 0 ? undefined : placesWords(one.type)],
    ["largest body", `${one.maxBodyBytes / 1_048_576} MiB`],
    ["addresses", one.addresses],
    ["samples", samples.length === 0 ? undefined : samples.join(", ")],
    ["docs", one.docs],
  ];
}

function needsWords({ needs }: ProviderSummary): string | undefined {
  if (needs.length === 0) return undefined;
  return needs.map(({ option, words }) => `${option}: ${words}`).join(" ");
}

function instantWords({ dated }: ProviderSummary): string | undefined {
  return dated === undefined ? undefined : "not signed";
}

const keyWords: Readonly<Record<NonNullable<ProviderSummary["key"]>, string>> = {
  utf8: "used as it is",
  hex: "decoded from hex",
  base64: "decoded from base64",
  whsec: "decoded from base64, behind whsec_ where that is there",
  ed25519: "the sender's Ed25519 public key (PEM, hex or base64)",
  p256: "the sender's P-256 public key (PEM or base64)",
  rsa: "the sender's RSA public key (PEM or base64)",
};
