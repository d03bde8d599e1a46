/** What `start` prints to paste: a command that sends a signed event, and where it can, one of curl. */
import { secretOrigin } from "../../app/config.ts";
import { hasSamples, loadSamples } from "../../app/sample.ts";
import type { Running } from "../../app/serve.ts";
import type { Source } from "../../core/settings.ts";
import { defaultPort } from "./address.ts";
import { invocation, quoted } from "./invocation.ts";
import type { Terminal } from "./terminal.ts";

/** The commands, with what they do. */
export async function pasteLines(options: {
  readonly running: Running;
  /** The words that name the config to a command. */
  readonly configWords: readonly string[];
  readonly paint: Terminal["paint"];
}): Promise<string[]> {
  const { running, configWords, paint } = options;
  const on = running.gateway.sources.filter(
    ({ name, path }) =>
      path.names.length === 0 && running.sources.some((one) => one.name === name && one.on),
  );
  const first = on.find(hasSamples) ?? on[0];
  if (first === undefined)
    return [
      `Send a signed event: ${[invocation(), "send <source> <type> --param <name>=<value>", ...configWords.map(quoted)].join(" ")}`,
    ];
  const curl = on.map((source) => curlLine(source, running.url)).find((line) => line !== undefined);
  const lines = [
    paint("strong", "Send a signed event"),
    `  ${await sendLine(first, running, configWords)}`,
  ];
  return curl === undefined ? lines : [...lines, paint("strong", "Or without it"), `  ${curl}`];
}

async function sendLine(
  source: Source,
  { url, gateway }: Running,
  configWords: readonly string[],
): Promise<string> {
  const { types } = await loadSamples(source);
  const type = types[0] ?? "order.created";
  const words = ["send", source.name, type, ...configWords, ...addressWords(url, gateway.server)];
  return `${invocation()} ${words.map(quoted).join(" ")}`;
}

/** What tells `send` where the gateway is, where the config doesn't. */
export function addressWords(url: string, server: Running["gateway"]["server"]): readonly string[] {
  const { hostname, port, protocol } = new URL(url);
  if (hostname !== "127.0.0.1" && hostname !== server.host) return ["--url", url];
  const running = port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
  return (server.port ?? defaultPort) === running ? [] : ["--port", String(running)];
}

type SimpleHmac = {
  readonly header: string;
  readonly prefix?: string;
  readonly algorithm?: string;
  readonly type?: { readonly header?: string };
};

/** An HMAC over the body alone, in hex, in a header: openssl can make it. The secret stays where it is. */
function curlLine(source: Source, baseUrl: string): string | undefined {
  const secret = firstSet(source);
  if (secret === undefined || source.unsigned || !isSimpleHmac(source)) return undefined;
  const { header, prefix = "", algorithm = "sha256", type } = source.options;
  const typeHeader = type?.header === undefined ? "" : ` -H '${type.header}: order.created'`;
  const steps = [
    `body='{"id":"order_'$(date +%s)'","type":"order.created"}'`,
    `signature=$(printf %s "$body" | openssl dgst -${algorithm} -hmac "${secret.word}" | sed 's/^.* //')`,
    `curl -s ${baseUrl}${source.path.text} -H 'content-type: application/json'${typeHeader} -H "${header}: ${prefix}$signature" --data-binary "$body"`,
  ];
  return `(${[...secret.load, ...steps].join("; ")})`;
}

/** How a shell comes by a secret that `.` of an env file sets, or a file holds, or that it knows itself. */
type ShellSecret = { readonly word: string; readonly load: readonly string[] };

function firstSet({ secrets }: Source): ShellSecret | undefined {
  const refs = typeof secrets === "function" ? [] : secrets;
  const found = refs.map(({ name }) => ({ name, origin: secretOrigin(name) }));
  const first = found.find(({ origin }) => origin !== undefined);
  if (first?.origin === undefined) return undefined;
  const { name, origin } = first;
  if (origin.kind === "file") return { word: `$(cat ${quoted(origin.path)})`, load: [] };
  if (origin.kind === "environment") return { word: `$${name}`, load: [] };
  const file = origin.path.includes("/") ? origin.path : `./${origin.path}`;
  return { word: `$${name}`, load: [`. ${quoted(file)}`] };
}

function isSimpleHmac(source: Source): source is Source & { readonly options: SimpleHmac } {
  const { options, provider } = source;
  if (provider.name !== "hmac" || typeof options !== "object" || options === null) return false;
  const usual: Readonly<Record<string, unknown>> = { key: "utf8", encoding: "hex", hexCase: "any" };
  const hasUsual = Object.entries(usual).every(([name, value]) => {
    const given = (options as Record<string, unknown>)[name];
    return given === undefined || given === value;
  });
  const isPlain = !("content" in options) && !("timestamp" in options);
  return hasUsual && isPlain && "header" in options && typeof options.header === "string";
}
