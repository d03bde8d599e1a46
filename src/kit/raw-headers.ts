/** Headers as a list of name, value, name, value, in the sender's spelling and order. */
type RawHeaders = readonly string[];

/**
 * Headers that carry a credential themselves; their values are never stored, logged or forwarded. Not by a
 * pattern: signatures, ids and types have such names too (`I-Twilio-Idempotency-Token`).
 */
const credentials = new Set([
  "authorization",
  "proxy-authorization",
  "cookie",
  // Keys and tokens of APIs, under the names that are common.
  "api-key",
  "apikey",
  "ocp-apim-subscription-key",
  "private-token",
  "x-access-key",
  "x-access-token",
  "x-amz-security-token",
  "x-api-key",
  "x-api-secret",
  "x-api-token",
  "x-apikey",
  "x-auth",
  "x-auth-key",
  "x-auth-token",
  "x-authorization",
  "x-csrf-token",
  "x-functions-key",
  "x-goog-api-key",
  "x-rapidapi-key",
  "x-secret",
  "x-secret-key",
  "x-secret-token",
  "x-session-token",
  "x-shopify-access-token",
  "x-token",
  "x-vault-token",
  "x-webhook-token",
  "x-xsrf-token",
  // What proxies say of who has logged in.
  "cf-access-client-secret",
  "cf-access-jwt-assertion",
  "cf-access-token",
  "x-amzn-oidc-accesstoken",
  "x-amzn-oidc-data",
  "x-forwarded-access-token",
  "x-forwarded-authorization",
  "x-goog-iap-jwt-assertion",
  // Tokens by which senders prove themselves.
  "cf-webhook-auth",
  "dg-token",
  "x-buildkite-token",
  "x-documenso-secret",
  "x-gitlab-token",
  "x-goog-channel-token",
  "x-telegram-bot-api-secret-token",
  "x-vapi-secret",
  "x-webhook-secret",
]);

/**
 * By a name's length the last letters that a credential of that length has, each a bit: nearly all headers of a
 * request are told apart by that, without another spelling of their names.
 */
const endings: readonly number[] = lastLetters(credentials);

function lastLetters(names: ReadonlySet<string>): number[] {
  const found = Array.from({ length: 64 }, () => 0);
  for (const name of names) found[name.length] = (found[name.length] ?? 0) | lastLetter(name);
  return found;
}

/** A shift takes five bits of the letter's code, in which both cases are the same. */
function lastLetter(name: string): number {
  return 1 << name.charCodeAt(name.length - 1);
}

/** The first value of a header; `name` in lower case. */
export function headerOf(headers: RawHeaders, name: string): string | undefined {
  for (let at = 0; at < headers.length; at += 2) {
    const spelled = headers[at] as string;
    if (spelled.length === name.length && spelled.toLowerCase() === name) return headers[at + 1];
  }
  return undefined;
}

/** Every value of a header, in order; `name` in lower case. */
export function headersOf(headers: RawHeaders, name: string): string[] {
  const values: string[] = [];
  for (let at = 0; at < headers.length; at += 2) {
    const spelled = headers[at] as string;
    if (spelled.length === name.length && spelled.toLowerCase() === name) {
      values.push(headers[at + 1] as string);
    }
  }
  return values;
}

/** Pairs of lower-case name and value. */
export function headerPairs(headers: RawHeaders): [name: string, value: string][] {
  const pairs: [string, string][] = [];
  for (let at = 0; at + 1 < headers.length; at += 2) {
    pairs.push([(headers[at] as string).toLowerCase(), headers[at + 1] as string]);
  }
  return pairs;
}

/** Whether a header is a credential in itself. */
export function isCredential(name: string): boolean {
  const maybe = ((endings[name.length] ?? 0) & lastLetter(name)) !== 0;
  return maybe && credentials.has(name.toLowerCase());
}

/** The headers with `[withheld]` for the value of each credential, but of those that are `kept` (names in lower case). */
export function withoutCredentials(headers: RawHeaders, kept: readonly string[] = []): RawHeaders {
  let clean: string[] | undefined;
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at] as string;
    if (!isCredential(name) || kept.includes(name.toLowerCase())) continue;
    clean ??= [...headers];
    clean[at + 1] = "[withheld]";
  }
  return clean ?? headers;
}

/** The list from an object of names and values. */
export function rawHeadersFrom(headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(headers).flat();
}
