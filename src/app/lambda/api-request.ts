import type { Answer } from "../../core/types.ts";
import type { Head } from "../../http/doors.ts";
import { headerOf } from "../../kit/raw-headers.ts";
import { sameText } from "../../kit/same-text.ts";
import type { ApiAnswer, ApiEvent } from "./events.ts";

/** The header that CloudFront shows its secret in. */
const originHeader = "x-surehook-origin";

/** A request as the doors take it. `originSecret` is what CloudFront shows, where it stands before the API. */
export function headOf(event: ApiEvent, originSecret: string | undefined): Head {
  const all = rawHeadersOf(event);
  const shown = headerOf(all, originHeader);
  const isOfCdn =
    shown !== undefined && originSecret !== undefined && sameText(shown, originSecret);
  return {
    method: event.httpMethod,
    url: urlOf(event),
    rawHeaders: without(all, originHeader),
    remoteAddress: addressOf(event, isOfCdn ? all : []),
  };
}

/** The body's bytes: the API is set to hand over every type as base64. */
export function bodyOf({ body, isBase64Encoded }: ApiEvent): Buffer {
  return Buffer.from(body ?? "", isBase64Encoded ? "base64" : "utf8");
}

/** API Gateway gives each header's values by its name; their order among others is gone. */
export function rawHeadersOf({
  headers,
  multiValueHeaders,
}: Pick<ApiEvent, "headers" | "multiValueHeaders">): readonly string[] {
  if (multiValueHeaders) {
    return Object.entries(multiValueHeaders).flatMap(([name, values = []]) =>
      values.flatMap((value) => [name, value]),
    );
  }
  return Object.entries(headers ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : [name, value],
  );
}

/** The query is handed over decoded, so it is written anew. */
function urlOf({ path, multiValueQueryStringParameters }: ApiEvent): string {
  const pairs = Object.entries(multiValueQueryStringParameters ?? {}).flatMap(
    ([name, values = []]) =>
      values.map((value) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`),
  );
  return pairs.length === 0 ? path : `${path}?${pairs.join("&")}`;
}

/** Of a CDN's request the address before its own, which API Gateway has added. */
function addressOf(event: ApiEvent, headersOfCdn: readonly string[]): string {
  const { sourceIp } = event.requestContext.identity;
  const hops = (headerOf(headersOfCdn, "x-forwarded-for") ?? "")
    .split(",")
    .map((hop) => hop.trim())
    .filter((hop) => hop !== "");
  if (hops.at(-1) === sourceIp) hops.pop();
  return hops.at(-1) ?? sourceIp;
}

function without(headers: readonly string[], name: string): readonly string[] {
  const kept: string[] = [];
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const [spelled = "", value = ""] = headers.slice(at, at + 2);
    if (spelled.toLowerCase() !== name) kept.push(spelled, value);
  }
  return kept;
}

/** An answer as API Gateway takes it. */
export function apiAnswer({ status, body, contentType, headers }: Answer): ApiAnswer {
  return {
    statusCode: status,
    headers: { ...(contentType === undefined ? {} : { "content-type": contentType }), ...headers },
    body,
    isBase64Encoded: false,
  };
}
