/** What `start` prints to paste: a command that sends a signed event, and where it can, one of curl. */
import type { Running } from "../../app/serve.ts";
import type { Source } from "../../core/settings.ts";
import { envFiles, invocation, quoted } from "./invocation.ts";
import type { Terminal } from "./terminal.ts";

const defaultPort = 4242;

/** The commands, with what they do. */
export function pasteLines(options: {
  readonly running: Running;
  /** The value of `--config`, where it was given. */
  readonly named: string | undefined;
  readonly paint: Terminal["paint"];
}): string[] {
  const { running, named, paint } = options;
  const on = running.gateway.sources.filter(
    ({ name, path }) =>
      path.names.length === 0 && running.sources.some((one) => one.name === name && one.on),
  );
  const first = on.find(({ provider }) => provider.sampleTypes?.length) ?? on[0];
  if (first === undefined)
    return ["Send a signed event: surehook send <source> <type> --param <name>=<value>"];
  const curl = on.map((source) => curlLine(source, running.url)).find((line) => line !== undefined);
  const lines = [paint("strong", "Send a signed event"), `  ${sendLine(first, running, named)}`];
  return curl === undefined ? lines : [...lines, paint("strong", "Or without it"), `  ${curl}`];
}

function sendLine(source: Source, { url, gateway }: Running, named: string | undefined): string {
  const type = source.provider.sampleTypes?.[0] ?? "order.created";
  const { port, protocol } = new URL(url);
  const running = port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
  const words = [
    ...["send", source.name, type],
    ...(named === undefined ? [] : ["--config", named]),
    ...((gateway.server.port ?? defaultPort) === running ? [] : ["--port", String(running)]),
  ];
  return `${invocation()} ${words.map(quoted).join(" ")}`;
}

type SimpleHmac = {
  readonly header: string;
  readonly prefix?: string;
  readonly algorithm?: string;
  readonly type?: { readonly header?: string };
};

/** An HMAC over the body alone, in hex, in a header: openssl can make it. The secret stays where it is. */
function curlLine(source: Source, baseUrl: string): string | undefined {
  const [secret] = typeof source.secrets === "function" ? [] : source.secrets;
  if (secret === undefined || source.unsigned || !isSimpleHmac(source)) return undefined;
  const { header, prefix = "", algorithm = "sha256", type } = source.options;
  const typeHeader = type?.header === undefined ? "" : ` -H '${type.header}: order.created'`;
  const steps = [
    `body='{"id":"order_'$(date +%s)'","type":"order.created"}'`,
    `signature=$(printf %s "$body" | openssl dgst -${algorithm} -hmac "$${secret.name}" | sed 's/^.* //')`,
    `curl -s ${baseUrl}${source.path.text} -H 'content-type: application/json'${typeHeader} -H "${header}: ${prefix}$signature" --data-binary "$body"`,
  ];
  const [file] = envFiles();
  const load = file === undefined ? [] : [`. ${quoted(file.includes("/") ? file : `./${file}`)}`];
  return `(${[...load, ...steps].join("; ")})`;
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
