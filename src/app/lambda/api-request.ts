import type { Answer } from "../../core/types.ts";
import type { Head } from "../../http/doors.ts";
import { headerOf, headersOf } from "../../kit/raw-headers.ts";
import { sameText } from "../../kit/same-text.ts";
import type { ApiAnswer, ApiEvent, BalancerEvent, FrontEvent, HttpEvent } from "./events.ts";

/** The header that CloudFront shows its secret in. */
const originHeader = "x-surehook-origin";

/** A request as the doors take it, whatever stands before the function. `originSecret` is what CloudFront shows, where it stands before the API. */
export function headOf(event: FrontEvent, originSecret: string | undefined): Head {
  if ("version" in event && event.version === "2.0") return headOfHttp(event);
  if ("elb" in event.requestContext) return headOfBalancer(event as BalancerEvent);
  return headOfApi(event as ApiEvent, originSecret);
}

/** A function URL has the stage `$default`; another stage stands before the path. */
function headOfHttp({ rawPath, rawQueryString, headers, requestContext }: HttpEvent): Head {
  const { stage, http } = requestContext;
  const prefix = `/${stage}`;
  const hasStage = stage !== "$default" && (rawPath === prefix || rawPath.startsWith(`${prefix}/`));
  const path = hasStage ? rawPath.slice(prefix.length) || "/" : rawPath;
  return {
    method: http.method,
    url: rawQueryString === "" ? path : `${path}?${rawQueryString}`,
    rawHeaders: rawHeadersOf({ headers, multiValueHeaders: null }),
    remoteAddress: http.sourceIp,
  };
}

/** A load balancer appends its client to `X-Forwarded-For`, and hands the query over as it was encoded. */
function headOfBalancer(event: BalancerEvent): Head {
  const { headers = null, multiValueHeaders = null } = event;
  const rawHeaders = rawHeadersOf({ headers, multiValueHeaders });
  const query = event.multiValueQueryStringParameters ?? event.queryStringParameters ?? {};
  const pairs = Object.entries(query).flatMap(([name, values]) =>
    [values ?? []].flat().map((value) => `${name}=${value}`),
  );
  const hops = headersOf(rawHeaders, "x-forwarded-for").flatMap((value) => value.split(","));
  return {
    method: event.httpMethod,
    url: pairs.length === 0 ? event.path : `${event.path}?${pairs.join("&")}`,
    rawHeaders,
    remoteAddress: hops.at(-1)?.trim() ?? "",
  };
}

function headOfApi(event: ApiEvent, originSecret: string | undefined): Head {
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

/** The body's bytes: a REST API is set to hand over every type as base64, others do so for what isn't text. */
export function bodyOf({ body, isBase64Encoded }: FrontEvent): Buffer {
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

/** An answer as what stands before the function takes it. */
export function apiAnswer(
  { status, body, contentType, headers }: Answer,
  event?: FrontEvent,
): ApiAnswer {
  const all = { ...(contentType === undefined ? {} : { "content-type": contentType }), ...headers };
  return {
    statusCode: status,
    headers: all,
    ...(wantsLists(event) ? { multiValueHeaders: listsOf(all) } : {}),
    body,
    isBase64Encoded: false,
  };
}

/** A load balancer that gives lists takes lists only. */
function wantsLists(event: FrontEvent | undefined): boolean {
  return event !== undefined && "elb" in event.requestContext && "multiValueHeaders" in event;
}

function listsOf(headers: Readonly<Record<string, string>>): Record<string, string[]> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));
}
