/** What could have become of a request or a secret on its way: each a change that may be undone. */
import type { Request, VerifyInput } from "../types.ts";

/** A change in words, and what it gives. */
export type Variant<T> = { readonly words: string; readonly value: T };

/** JSON or a form beyond this is not written anew. */
const largestRewrittenBytes = 1_048_576;

function differing<T>(original: T, variants: readonly Variant<T | undefined>[]): Variant<T>[] {
  const seen: T[] = [original];
  return variants.flatMap(({ words, value }) => {
    if (value === undefined || seen.some((one) => isSame(one, value))) return [];
    seen.push(value);
    return [{ words, value }];
  });
}

function isSame(a: unknown, b: unknown): boolean {
  return Buffer.isBuffer(a) && Buffer.isBuffer(b) ? a.equals(b) : a === b;
}

/** The body as it may have been when it was signed. */
export function bodyVariants(body: Buffer): readonly Variant<Buffer>[] {
  const text = body.toString("latin1");
  const bytes = (changed: string): Buffer => Buffer.from(changed, "latin1");
  return differing(body, [
    { words: "without the line break at its end", value: bytes(text.replace(/\r?\n$/, "")) },
    { words: "with a line break at its end", value: bytes(`${text}\n`) },
    { words: "with CRLF at its end", value: bytes(`${text}\r\n`) },
    { words: "with LF in place of CRLF", value: bytes(text.replaceAll("\r\n", "\n")) },
    { words: "with CRLF in place of LF", value: bytes(text.replaceAll(/\r?\n/g, "\r\n")) },
    { words: "without white space around it", value: bytes(text.trim()) },
    { words: "without the byte order mark", value: bytes(text.replace(/^\xef\xbb\xbf/, "")) },
    ...jsonVariants(body),
    ...formVariants(body),
  ]);
}

function jsonVariants(body: Buffer): readonly Variant<Buffer>[] {
  if (body.length > largestRewrittenBytes) return [];
  const payload = jsonOf(body);
  if (typeof payload !== "object" || payload === null) return [];
  const compact = JSON.stringify(payload);
  const spaced = JSON.stringify(payload, undefined, 1).replaceAll(/\n\s*/g, " ");
  const list: readonly (readonly [words: string, text: string])[] = [
    ["as compact JSON", compact],
    ["as JSON indented by two spaces", JSON.stringify(payload, undefined, 2)],
    ["as JSON indented by four spaces", JSON.stringify(payload, undefined, 4)],
    ["as JSON with its slashes escaped", compact.replaceAll("/", "\\/")],
    ["as JSON in ASCII", asciiOf(compact)],
    ["as JSON in ASCII with its slashes escaped", asciiOf(compact).replaceAll("/", "\\/")],
    ["as JSON with spaces behind commas and colons", pythonOf(spaced)],
    ["as JSON in ASCII with spaces behind commas and colons", asciiOf(pythonOf(spaced))],
    ["as JSON with its names sorted", JSON.stringify(sorted(payload))],
  ];
  return list.map(([words, text]) => ({ words, value: Buffer.from(text, "utf8") }));
}

/** Beyond this depth nothing is sorted or written. */
const deepest = 200;

function jsonOf(body: Buffer): unknown {
  try {
    const payload: unknown = JSON.parse(body.toString("utf8"));
    return depthOf(payload) > deepest ? undefined : payload;
  } catch {
    return undefined;
  }
}

function depthOf(value: unknown): number {
  let level: unknown[] = [value];
  for (let depth = 0; depth <= deepest; depth += 1) {
    level = level.flatMap((one) =>
      typeof one === "object" && one !== null ? Object.values(one) : [],
    );
    if (level.length === 0) return depth;
  }
  return deepest + 1;
}

/** `{ "a": 1 }` of indented JSON on one line, as `{"a": 1}`. */
function pythonOf(spaced: string): string {
  return spaced.replaceAll(/("(?:[^"\\]+|\\.)*")|([[{]) | ([\]}])/g, "$1$2$3");
}

function asciiOf(text: string): string {
  return text.replaceAll(
    /[\u0080-\uffff]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, sorted(inner)]));
}

/** A form that something has decoded and encoded again. */
function formVariants(body: Buffer): readonly Variant<Buffer>[] {
  const text = body.toString("utf8");
  if (body.length > largestRewrittenBytes || /[\s{}[\]"]/.test(text)) return [];
  if (!text.includes("=")) return [];
  const plus = new URLSearchParams(text).toString();
  return [
    { words: "as a form that is encoded as browsers do", value: Buffer.from(plus) },
    { words: "as a form with %20 for spaces", value: Buffer.from(plus.replaceAll("+", "%20")) },
  ];
}

/** What a secret that was copied wrongly may have been meant to be. */
export function secretVariants(secret: string): readonly Variant<string>[] {
  const quoted = /^(["'`])([\s\S]*)\1$/.exec(secret.trim());
  return differing(secret, [
    { words: "has white space around it", value: secret.trim() },
    { words: "has quotes around it", value: quoted?.[2] },
    { words: "ends in a backslash and an n", value: secret.replace(/(?:\\r)?\\n$/, "") },
    { words: "has line breaks in it", value: secret.replaceAll(/[\r\n]+/g, "") },
    { words: "has a prefix too much (whsec_)", value: secret.replace(/^whsec_/, "") },
    { words: "lacks its prefix (whsec_)", value: `whsec_${secret}` },
    { words: "begins with a word too much (Bearer)", value: secret.replace(/^Bearer /i, "") },
    { words: "is percent-encoded", value: percentDecoded(secret) },
    { words: "is the base64 of the secret", value: textOfBytes(secret, "base64") },
    { words: "is the hex of the secret", value: textOfBytes(secret, "hex") },
    { words: "lacks the line break that it has at the sender", value: `${secret}\n` },
  ]).filter(({ value }) => value !== "");
}

function percentDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function textOfBytes(text: string, encoding: "base64" | "hex"): string | undefined {
  const bytes = Buffer.from(text.trim(), encoding);
  const decoded = bytes.toString("utf8").replace(/\n$/, "");
  const isWhole = bytes.toString(encoding).replace(/=+$/, "") === text.trim().replace(/=+$/, "");
  return isWhole && !decoded.includes("\ufffd") ? decoded : undefined;
}

/** Forms in which a secret may become a key, in words. */
export const keyForms: readonly Variant<NonNullable<VerifyInput["keyForm"]>>[] = [
  { words: "decoded from base64", value: "base64" },
  { words: "decoded from hex", value: "hex" },
  { words: "decoded from base64 behind whsec_", value: "whsec" },
  { words: "taken as it is, not decoded", value: "utf8" },
];

/** The addresses that a sender may have been given in place of this one. */
export function urlVariants(
  url: string | undefined,
  request: Pick<Request, "path" | "query" | "headers">,
  named: readonly string[],
): readonly string[] {
  const { path, query } = request;
  const asked = `${path}${query === "" ? "" : `?${query}`}`;
  const bases = [url ?? [], named.map((base) => `${base}${asked}`)].flat();
  return [...new Set([...bases, ...bases.flatMap(spellingsOf)])]
    .filter((one) => one !== url)
    .slice(0, mostUrls);
}

const mostUrls = 96;

/** An address with another scheme, its standard port said or not, another end, or without its query. */
export function spellingsOf(url: string): readonly string[] {
  return schemesOf(url).flatMap(portsOf).flatMap(pathsOf);
}

function schemesOf(url: string): readonly string[] {
  return [
    url,
    url.startsWith("https:") ? url.replace("https:", "http:") : url.replace("http:", "https:"),
  ];
}

function portsOf(url: string): readonly string[] {
  const [, scheme, host, port, rest = ""] = /^(https?):\/\/([^/?#:]+)(:\d+)?(.*)$/s.exec(url) ?? [];
  if (scheme === undefined) return [url];
  const standard = scheme === "https" ? ":443" : ":80";
  return [url, `${scheme}://${host}${port === undefined ? standard : ""}${rest}`];
}

function pathsOf(url: string): readonly string[] {
  const at = url.indexOf("?");
  const [path, query] = at < 0 ? [url, ""] : [url.slice(0, at), url.slice(at)];
  const other = path.endsWith("/") ? path.slice(0, -1) : `${path}/`;
  return query === "" ? [url, other] : [url, other + query, path, other];
}

/** A signature's text as it may have been spelled by the sender. */
export function spellingVariants(text: string): readonly Variant<string>[] {
  return differing(text, [
    { words: "has white space around it", value: text.trim() },
    { words: "has quotes around it", value: /^(["'])(.*)\1$/.exec(text.trim())?.[2] },
    { words: "is percent-encoded", value: percentDecoded(text) },
    { words: "lost its prefix sha256=", value: `sha256=${text}` },
    { words: "lost its prefix sha1=", value: `sha1=${text}` },
    { words: "has a prefix that it should not have", value: text.replace(/^[a-z]+[0-9]*=/, "") },
    { words: "was changed to upper case", value: text.toLowerCase() },
    { words: "was changed to lower case", value: text.toUpperCase() },
    { words: "has spaces for plus signs", value: text.replaceAll(" ", "+") },
    { words: "is followed by others", value: text.split(/,\s*/)[0] },
  ]);
}

/** The request with another value of a header. */
export function withHeader(request: Request, name: string, value: string): Request {
  const headers = request.headers.map((text, at) =>
    at % 2 === 1 && request.headers[at - 1]?.toLowerCase() === name.toLowerCase() ? value : text,
  );
  return { ...request, headers };
}
