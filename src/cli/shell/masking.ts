/**
 * Headers and queries carry signatures, and with some senders tokens. Neither is shown unless asked
 * for: a signature is shortened, so that two can be told apart; what is a secret itself is hidden.
 */
import type { LoadedConfig } from "../../app/load-config.ts";
import type { KeptRequest } from "../../core/engine.ts";

const signatures = /signature|hmac|digest/i;
const credentials =
  /token|secret|authorization|auth-|-auth|cookie|password|api[-_]?key|credential|session/i;

/** What marks a source's requests: a header that may carry its proof, under any name. */
export type Marks = readonly string[];

/** The marks of a source; none where the config isn't known. */
export function marksOf(config: LoadedConfig | undefined, source: string): Marks {
  return config?.gateway.sources.find(({ name }) => name === source)?.marks ?? [];
}

/** A request without what proves it. */
export function masked<T extends Pick<KeptRequest, "headers" | "query">>(
  request: T,
  marks: Marks,
): T {
  const headers = request.headers.map((value, at) =>
    at % 2 === 1 ? maskedValue(request.headers[at - 1] ?? "", value, marks) : value,
  );
  return { ...request, headers, query: maskedQuery(request.query, marks) };
}

function maskedQuery(query: string, marks: Marks): string {
  return query
    .split("&")
    .map((pair) => {
      const at = pair.indexOf("=");
      if (at < 0) return pair;
      const name = pair.slice(0, at);
      const isMark = marks.includes(`?${name}`);
      return `${name}=${maskedValue(name, pair.slice(at + 1), isMark ? [name] : [])}`;
    })
    .join("&");
}

function maskedValue(name: string, value: string, marks: Marks): string {
  if (signatures.test(name)) return `${value.slice(0, 8)}… (${value.length} characters)`;
  const isHidden =
    credentials.test(name) || marks.includes(name.toLowerCase()) || marks.includes(name);
  return isHidden ? `… (${value.length} characters)` : value;
}
