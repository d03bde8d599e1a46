import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { type Examination, examine } from "../app/diagnose.ts";
import { loadConfig } from "../app/load-config.ts";
import { viewLearned } from "../app/operate.ts";
import { sourceNamed } from "../app/sample.ts";
import type { Diagnosis } from "../core/diagnose/cause.ts";
import { GatewayError, messageOf } from "../core/errors.ts";
import type { Gateway, Source } from "../core/settings.ts";
import type { RawHeaders, Request } from "../core/types.ts";
import { matchPath } from "../kit/path-pattern.ts";
import { diagnosisLines } from "./shell/diagnosis.ts";
import type { ExitCode } from "./shell/faults.ts";
import { addConfig, addJson, type ConfigOption, type JsonOption } from "./shell/options.ts";
import { action, type Shell } from "./shell/shell.ts";
import { isStoreThere, lookAt } from "./shell/store.ts";
import { parseInstant } from "./shell/time.ts";

type VerifyOptions = ConfigOption &
  JsonOption & {
    readonly source: string;
    readonly headers: readonly string[];
    readonly body: string;
    readonly url?: string;
    readonly method: string;
    readonly at?: number;
  };

/** Adds `surehook verify`. */
export function addVerify(program: Command): void {
  const command = program
    .command("verify")
    .description("hold a captured request against a source, and say why it fails where it does")
    .requiredOption("-s, --source <name>", "the source that should take it")
    .requiredOption(
      "-H, --headers <file|name:value...>",
      "its headers: a file (lines of `name: value`, or JSON), or each as name:value",
      (text: string, others: readonly string[] | undefined) => [...(others ?? []), text],
    )
    .requiredOption("-b, --body <file>", "its body, byte for byte")
    .option("--url <url>", "the address that it was posted to (default: publicUrl and the path)")
    .option("--method <method>", "how it was sent", "POST")
    .option("--at <time>", "judge it as of this time: 15m, 2h ago, or an ISO time", parseInstant);
  addJson(addConfig(command)).action(action(verify));
}

async function verify(shell: Shell, options: VerifyOptions): Promise<ExitCode> {
  const { gateway: written } = await loadConfig(options.config, shell.environment);
  const source = sourceNamed(written, options.source);
  const [headers, body] = await Promise.all([headersFrom(options.headers), bytesOf(options.body)]);
  const url = options.url === undefined ? undefined : addressOf(options.url);
  const gateway: Gateway = url === undefined ? written : { ...written, publicUrl: url.origin };
  const now = options.at ?? Date.now();
  const request: Request = {
    id: "",
    receivedAt: now,
    method: options.method.toUpperCase(),
    headers,
    body,
    remoteAddress: "",
    source: source.name,
    ...placeOf(source, url),
  };
  const diagnosis = await examined(shell, gateway, { request, source, now });
  if (options.json) shell.json({ source: source.name, ...diagnosis });
  else show(shell, source, diagnosis);
  return diagnosis.verdict === "rejected" ? 1 : 0;
}

/** With what sources have learned, where there is a store that has it. */
async function examined(shell: Shell, gateway: Gateway, what: Examination): Promise<Diagnosis> {
  const isLearning = gateway.sources.some(({ learns }) => learns);
  if (isLearning && isStoreThere(shell.environment)) {
    return lookAt(shell, (store) =>
      examine(gateway, what, { learned: viewLearned(store, shell.environment) }),
    );
  }
  if (what.source.learns) {
    shell.hint(
      `There is no store at ${shell.environment.store}, so what "${what.source.name}" has learned wasn't looked at. Set SUREHOOK_STORE to where the gateway keeps its events.`,
    );
  }
  return examine(gateway, what);
}

function placeOf(source: Source, url: URL | undefined): Pick<Request, "path" | "query" | "params"> {
  if (url === undefined) return { path: source.path.text, query: "", params: {} };
  const { pathname: path, search } = url;
  return { path, query: search.slice(1), params: matchPath(source.path, path) ?? {} };
}

function addressOf(text: string): URL {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol)) return url;
  throw new GatewayError(
    "USAGE",
    `--url must be the whole address, such as https://example.com/stripe, not "${text}".`,
  );
}

function show(shell: Shell, { name }: Source, diagnosis: Diagnosis): void {
  const { terminal, print } = shell;
  if (diagnosis.verdict === "handshake") {
    const word = terminal.paint("good", diagnosis.verdict);
    print(`${word} answered by "${name}": ${diagnosis.shape}`);
    return;
  }
  if (diagnosis.verdict !== "rejected") {
    const { verdict, secret } = diagnosis;
    print(`${terminal.paint("good", verdict)} by "${name}", with ${secret}`);
    return;
  }
  const { code, detail } = diagnosis;
  print(`${terminal.paint("bad", "rejected")} by "${name}": ${code}: ${detail}`);
  print("", ...diagnosisLines(diagnosis, terminal));
}

async function bytesOf(path: string): Promise<Buffer> {
  return readFile(path).catch((error: unknown) => {
    throw new GatewayError("USAGE", `${path} can't be read: ${messageOf(error)}.`, {
      cause: error,
    });
  });
}

/** A word with a colon is a header, as long as there is no file of that name. */
async function headersFrom(words: readonly string[]): Promise<RawHeaders> {
  const lists = await Promise.all(
    words.map(async (word) => {
      const text = await readFile(word, "utf8").catch(() => undefined);
      if (text !== undefined) return headersOfText(text, word);
      if (/^[^\s:]+:/.test(word)) return headerOfLine(word);
      throw new GatewayError(
        "USAGE",
        `--headers: there is no file ${word}, and it is no header such as "x-signature: abc".`,
      );
    }),
  );
  return lists.flat();
}

function headersOfText(text: string, path: string): RawHeaders {
  if (/^\s*[{[]/.test(text)) return headersOfJson(text, path);
  return text.split(/\r?\n/).flatMap((line) => (line.includes(":") ? headerOfLine(line) : []));
}

function headerOfLine(line: string): RawHeaders {
  const at = line.indexOf(":", 1);
  return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
}

/** An object of names and values, a list of pairs, or names and values in turn. */
function headersOfJson(text: string, path: string): RawHeaders {
  try {
    const parsed: unknown = JSON.parse(text);
    const list = Array.isArray(parsed)
      ? parsed.flat()
      : Object.entries(parsed as object).flatMap(([name, value]) =>
          [value].flat().flatMap((one) => [name, one]),
        );
    if (list.every((one) => typeof one === "string") && list.length % 2 === 0) return list;
  } catch {
    // Said below.
  }
  throw new GatewayError(
    "USAGE",
    `${path} is neither lines of "name: value" nor JSON of names and values.`,
  );
}
