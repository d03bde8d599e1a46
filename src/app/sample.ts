import { randomUUID } from "node:crypto";
import type { Provider } from "../core/define.ts";
import { GatewayError } from "../core/errors.ts";
import type { Gateway, Source } from "../core/settings.ts";
import type { PathParams, Request, SampleContext, SecretValue } from "../core/types.ts";
import { bytesOfEvents } from "../http/body.ts";
import { parseJson } from "../kit/json-path.ts";
import { adviceFor } from "../kit/suggest.ts";
import { sampledProviders, samplesOf } from "../providers/samples/index.ts";
import type { Samples } from "../providers/samples/sampler.ts";
import type { SecretReader } from "./config.ts";
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
  /** What the source has learned: signs where the config has no secret. */
  readonly learned?: readonly SecretValue[];
  readonly baseUrl: string;
  /** Instead of the sample payload. */
  readonly body?: Buffer;
  readonly samples: Samples;
  readonly params?: PathParams;
  readonly now: number;
};

/** A realistic event of a source, signed with its first live secret. Throws USAGE, NOT_FOUND or SOURCE_OFF. */
export function signedSample(options: SampleOptions): SampleRequest {
  const source = sourceNamed(options.gateway, options.source);
  const { provider } = source;
  // Its parts make ids of senders, so that all of it must be drawn for each sample.
  const id = randomUUID();
  const path = fillPath(source, options.params ?? {});
  const { body, contentType } = bodyOf(options, { id, now: options.now });
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
          contentType,
          ...(publicUrl === undefined ? {} : { url: `${publicUrl}${path}` }),
        });
  const query = "query" in signed && signed.query ? `?${signed.query}` : "";
  return {
    url: `${options.baseUrl}${path}${query}`,
    method: "POST",
    headers: { "content-type": contentType, ...signed.headers },
    body: ("body" in signed ? signed.body : undefined) ?? body,
  };
}

/** The samples of a source's provider; one of any type where it has none of its own. */
export function loadSamples(source: Pick<Source, "provider" | "options">): Promise<Samples> {
  return samplesOf(source.provider, source.options);
}

/** Whether a source's provider has samples of its own. */
export function hasSamples({ provider }: Pick<Source, "provider">): boolean {
  return sampledProviders.includes(provider.name);
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
  const body = bytesOfEvents(request, source);
  const found = provider.identify({ request, body, payload: () => parseJson(body), options });
  return [found].flat().map(({ type }) => type);
}

function bodyOf(
  { body, samples, type }: SampleOptions,
  context: SampleContext,
): { readonly body: Buffer; readonly contentType: string } {
  const payload = body ?? samples.make(type, context);
  if (payload instanceof URLSearchParams) {
    const contentType = "application/x-www-form-urlencoded";
    return { body: Buffer.from(payload.toString()), contentType };
  }
  return { body: body ?? Buffer.from(JSON.stringify(payload)), contentType: "application/json" };
}

function secretOf(source: Source, options: SampleOptions): string | undefined {
  const secrets = sourceSecrets(options.read, () => options.now)(source, options.params ?? {});
  const first = secrets?.[0] ?? options.learned?.[0];
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

/** A sender's own sample of a type, where there is one: what a schema is tried with. */
export async function sampleOf(provider: Provider, types: string): Promise<readonly unknown[]> {
  const samples = await samplesOf(provider);
  return samples.types.includes(types) ? [samples.make(types, { id: "probe", now: 0 })] : [];
}
