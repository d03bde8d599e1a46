import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Command } from "commander";
import { InvalidArgumentError } from "commander";
import { secretReader } from "../app/config.ts";
import type { LoadedConfig } from "../app/load-config.ts";
import { loadConfig } from "../app/load-config.ts";
import { viewLearned } from "../app/operate.ts";
import { loadSamples, signedSample, sourceNamed, typesRead } from "../app/sample.ts";
import { GatewayError, messageOf } from "../core/errors.ts";
import type { Source } from "../core/settings.ts";
import type { PathParams, SecretValue } from "../core/types.ts";
import { adviceFor } from "../kit/suggest.ts";
import { defaultPort, localAddress } from "./shell/address.ts";
import type { ExitCode } from "./shell/faults.ts";
import { adviceWithoutAnswer } from "./shell/no-answer.ts";
import {
  addConfig,
  addJson,
  type ConfigOption,
  type JsonOption,
  perSecond,
  wholeNumber,
} from "./shell/options.ts";
import { type Answered, isOk, postAll } from "./shell/posting.ts";
import { counted, printable } from "./shell/printable.ts";
import { action, type Shell } from "./shell/shell.ts";
import { isStoreThere, lookAt } from "./shell/store.ts";
import { duration } from "./shell/time.ts";

type SendOptions = ConfigOption &
  JsonOption & {
    readonly url?: string;
    readonly port?: number;
    readonly file?: string;
    readonly count: number;
    readonly rate?: number;
    readonly param?: PathParams;
  };

/** Answers that `--json` shows; a run may have millions. */
const shownAnswers = 20;

/** Adds `surehook send`. */
export function addSend(program: Command): void {
  const command = program
    .command("send")
    .description("post a realistic event to a gateway, signed with the source's first live secret")
    .argument("<source>", "the name of a source in the config")
    .argument("<type>", "the event's type, such as payment_intent.succeeded");
  addConfig(command)
    .option("--url <url>", "the gateway's address (default: this machine, by the config's port)")
    .option("-p, --port <port>", "the port, where only that differs", (text: string) =>
      wholeNumber(text, { least: 1, most: 65_535 }),
    )
    .option(
      "-f, --file <path>",
      "send this file's bytes instead of a sample; where they tell a type, it must be the one given",
    )
    .option(
      "-n, --count <count>",
      "how many, each with an id of its own",
      (text: string) => wholeNumber(text, { least: 1, most: 1_000_000 }),
      1,
    )
    .option(
      "-r, --rate <number>",
      "how many per second (default: as fast as they are answered)",
      perSecond,
    )
    .option(
      "--param <name=value>",
      "a parameter of the source's path; may be given again",
      parameter,
    );
  addJson(command).action(action(send));
}

async function send(
  shell: Shell,
  sourceName: string,
  type: string,
  options: SendOptions,
): Promise<ExitCode> {
  const config = await loadConfig(options.config, shell.environment);
  const source = sourceNamed(config.gateway, sourceName);
  const [body, samples] = await Promise.all([bodyOf(options.file), loadSamples(source)]);
  if (body === undefined) refuseUnknownType(source, type, samples.types);
  const baseUrl = baseUrlOf(shell, config, options);
  const read = secretReader();
  const learned = await learnedBy(shell, source);
  const make = () =>
    signedSample({
      gateway: config.gateway,
      source: sourceName,
      type,
      read,
      learned,
      baseUrl,
      now: Date.now(),
      samples,
      ...(body === undefined ? {} : { body }),
      ...(options.param === undefined ? {} : { params: options.param }),
    });
  if (body !== undefined) judgeType(shell, typesRead(source, make()), { source, type });
  const { count, rate } = options;
  const answers = await postAll(make, {
    count,
    ...(rate === undefined ? {} : { perSecond: rate }),
  });
  if (options.json) shell.json(summary(answers));
  else show(shell, answers, baseUrl);
  return answers.every(isOk) ? 0 : 1;
}

/** The live secrets that a source has learned; none where there is no store here. */
async function learnedBy(shell: Shell, source: Source): Promise<readonly SecretValue[]> {
  const { environment } = shell;
  if (!source.learns || !isStoreThere(environment)) return [];
  return lookAt(shell, (store) => viewLearned(store, environment).of(source));
}

/** A provider without samples gets a plain body of any type. */
function refuseUnknownType(source: Source, type: string, known: readonly string[]): void {
  if (known.length === 0 || known.includes(type)) return;
  throw new GatewayError(
    "NOT_FOUND",
    `There is no sample of "${type}" for ${source.name}. ${adviceFor(type, known)} With --file any other body can be sent.`,
  );
}

/** Many senders name the type in the body: there a file's own type counts, whatever was asked for. */
function judgeType(
  shell: Shell,
  found: readonly string[],
  { source, type }: { readonly source: Source; readonly type: string },
): void {
  const { title } = source.provider;
  const other = found.find((one) => one !== type && !one.startsWith(`${type}.`));
  if (other === undefined) return;
  if (other !== "unknown") {
    throw new GatewayError(
      "USAGE",
      `The file says that its type is "${other}", not "${type}". ${title} reads the type from what is sent: give "${other}", or change the file.`,
    );
  }
  shell.hint(`The file says no type where ${title} has it: it is sent, but not as "${type}".`);
}

async function bodyOf(file: string | undefined): Promise<Buffer | undefined> {
  if (file === undefined) return undefined;
  return readFile(resolve(file)).catch((error: unknown) => {
    throw new GatewayError("USAGE", `--file can't be read: ${messageOf(error)}.`, { cause: error });
  });
}

function baseUrlOf(
  { environment }: Shell,
  { gateway }: LoadedConfig,
  options: SendOptions,
): string {
  if (options.url !== undefined) {
    if (!/^https?:$/.test(URL.parse(options.url)?.protocol ?? "")) {
      throw new GatewayError(
        "USAGE",
        `--url must be an address such as http://127.0.0.1:${defaultPort}, not "${options.url}".`,
      );
    }
    return options.url.replace(/\/+$/, "");
  }
  return localAddress(gateway, environment, options);
}

function parameter(text: string, others: PathParams | undefined): PathParams {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("Give it as name=value, such as tenant=acme.");
  return { ...others, [text.slice(0, at)]: text.slice(at + 1) };
}

function statuses(answers: readonly Answered[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status } of answers) {
    const name = status === undefined ? "no answer" : String(status);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

function summary(answers: readonly Answered[]): object {
  return {
    sent: answers.length,
    accepted: answers.filter(isOk).length,
    statuses: statuses(answers),
    p50Ms: percentile(answers, 0.5),
    p99Ms: percentile(answers, 0.99),
    answers: answers.slice(0, shownAnswers),
  };
}

function show(shell: Shell, answers: readonly Answered[], baseUrl: string): void {
  const { terminal, print, say, hint } = shell;
  const refused = answers.find((one) => !isOk(one));
  const [only] = answers;
  if (answers.length === 1 && only !== undefined) {
    const tone = isOk(only) ? "good" : "bad";
    // An answer is JSON, which would break where it is folded.
    const tell = only.status === undefined ? say : print;
    tell(`${terminal.paint(tone, String(only.status ?? "no answer"))} ${printable(only.body)}`);
  } else {
    const counts = Object.entries(statuses(answers)).map(([name, count]) => `${count} × ${name}`);
    say(
      `Sent ${counted(answers.length, "event")}: ${counts.join(", ")}`,
      `Answered in ${duration(percentile(answers, 0.5))} (median), ${duration(percentile(answers, 0.99))} (99th percentile)`,
    );
    if (refused !== undefined)
      print(`First refusal: ${refused.status ?? ""} ${printable(refused.body)}`);
  }
  if (refused !== undefined) hint(advice(refused, baseUrl));
}

function advice({ status, fault }: Answered, baseUrl: string): string {
  if (status === undefined) return adviceWithoutAnswer(fault, baseUrl);
  if (status === 401) return "See why with `surehook requests list --outcome rejected`.";
  if (status === 404)
    return "Compare the path with `surehook check`: does another config run there?";
  return "The sender would try again; the gateway's log says more.";
}

function percentile(answers: readonly Answered[], part: number): number {
  const sorted = answers.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
  const at = Math.min(sorted.length - 1, Math.floor(sorted.length * part));
  return Math.round((sorted[at] ?? 0) * 10) / 10;
}
