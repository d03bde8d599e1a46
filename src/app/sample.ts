import { GatewayError } from "../core/errors.ts";
import type { Gateway, Source } from "../core/settings.ts";
import type { PathParams, Request } from "../core/types.ts";
import { decodedBody } from "../http/body.ts";
import { parseJson } from "../kit/json-path.ts";
import { adviceFor } from "../kit/suggest.ts";
import type { SecretReader } from "./config.ts";
import { idMaker } from "./ids.ts";
import { sourceSecrets } from "./secrets.ts";

/** A request ready to be sent. */
export type SampleRequest = {
  readonly url: string;
  readonly method: "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
};

/** Which sample to make. */
export type SampleOptions = {
  readonly gateway: Gateway;
  readonly source: string;
  readonly type: string;
  readonly read: SecretReader;
  readonly baseUrl: string;
  /** Instead of the sample payload. */
  readonly body?: Buffer;
  readonly params?: PathParams;
  readonly now: number;
};

const newId = idMaker();

/** A realistic event of a source, signed with its first live secret. Throws USAGE, NOT_FOUND or SOURCE_OFF. */
export function signedSample(options: SampleOptions): SampleRequest {
  const source = sourceNamed(options.gateway, options.source);
  const { provider } = source;
  const id = newId();
  const path = fillPath(source, options.params ?? {});
  const body = options.body ?? sampleBody(source, options.type, { id, now: options.now });
  const secret = secretOf(source, options);
  const publicUrl = options.gateway.publicUrl;
  const signed =
    secret === undefined
      ? { headers: {} }
      : provider.sign({
          body,
          secret,
          now: options.now,
          options: source.options,
          id,
          type: options.type,
          ...(publicUrl === undefined ? {} : { url: `${publicUrl}${path}` }),
        });
  const query = "query" in signed && signed.query ? `?${signed.query}` : "";
  return {
    url: `${options.baseUrl}${path}${query}`,
    method: "POST",
    headers: { "content-type": "application/json", ...signed.headers },
    body: ("body" in signed ? signed.body : undefined) ?? body,
  };
}

/** The types that a source's provider has samples of. */
export function sampleTypes(source: Source): readonly string[] {
  return source.provider.sampleTypes ?? [];
}

/** The source of a name. Throws NOT_FOUND with a hint. */
export function sourceNamed(gateway: Gateway, name: string): Source {
  const found = gateway.sources.find((source) => source.name === name);
  if (found) return found;
  const known = gateway.sources.map((source) => source.name);
  throw new GatewayError(
    "NOT_FOUND",
    `The config has no source "${name}". ${adviceFor(name, known)}`,
  );
}

/** The types that the source's provider reads from a request, as ingest will; a batch has several. */
export function typesRead(source: Source, sample: SampleRequest): readonly string[] {
  const { name, provider, options } = source;
  const { pathname, search } = new URL(sample.url);
  const request: Request = {
    id: "",
    source: name,
    receivedAt: 0,
    method: sample.method,
    path: pathname,
    query: search.slice(1),
    params: {},
    headers: Object.entries(sample.headers).flat(),
    body: sample.body,
    remoteAddress: "",
  };
  const body = decodedBody(request, source);
  const found = provider.identify({ request, body, payload: () => parseJson(body), options });
  return [found].flat().map(({ type }) => type);
}

function sampleBody(
  { provider }: Source,
  type: string,
  context: { readonly id: string; readonly now: number },
): Buffer {
  const payload = provider.sample?.(type, context) ?? {
    id: context.id,
    type,
    created: Math.floor(context.now / 1000),
    data: { object: { note: "a sample event of surehook send" } },
  };
  return Buffer.from(JSON.stringify(payload));
}

function secretOf(source: Source, options: SampleOptions): string | undefined {
  const secrets = sourceSecrets(options.read, () => options.now)(source, options.params ?? {});
  const first = secrets?.[0];
  if (first !== undefined || source.unsigned) return first?.value;
  throw new GatewayError(
    "SOURCE_OFF",
    `The source "${source.name}" has no live secret to sign with.`,
  );
}

function fillPath({ name, path }: Source, params: PathParams): string {
  const missing = path.names.filter((param) => params[param] === undefined);
  if (missing.length > 0) {
    throw new GatewayError(
      "USAGE",
      `The path of "${name}" is ${path.text}: give ${missing.map((param) => `--param ${param}=…`).join(" ")}.`,
    );
  }
  return path.segments
    .map((part) => (part.startsWith(":") ? encodeURIComponent(params[part.slice(1)] ?? "") : part))
    .join("/");
}
