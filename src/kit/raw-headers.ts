/** Headers as a list of name, value, name, value, in the sender's spelling and order. */
type RawHeaders = readonly string[];

/** Headers that carry a credential themselves; their values are never stored, logged or forwarded. */
const credentials = new Set([
  "authorization",
  "proxy-authorization",
  "cookie",
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
const credentialLengths = new Set([...credentials].map((name) => name.length));

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
  return credentialLengths.has(name.length) && credentials.has(name.toLowerCase());
}

/** The list from an object of names and values. */
export function rawHeadersFrom(headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(headers).flat();
}
