/** Requests as applications have them, in the form in which providers judge them. */
import { Buffer } from "node:buffer";
import type { RawHeaders } from "../core/types.ts";

/** Headers as any framework has them. */
export type GivenHeaders =
  | Iterable<readonly [string, string]>
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/** The raw bytes of a body. A text is taken as UTF-8. */
export type GivenBody = Uint8Array | ArrayBuffer | string;

/** A request whose body has been read, raw. */
export type GivenRequest = {
  /** `POST` where not given. */
  readonly method?: string | undefined;
  /** Address, or path and query; only some senders' signatures cover it. */
  readonly url?: string | undefined;
  readonly headers: GivenHeaders;
  readonly body: GivenBody;
};

/** A standard `Request`, as far as it is read here. */
export type FetchRequest = {
  readonly method: string;
  readonly url: string;
  readonly headers: Iterable<readonly [string, string]>;
  readonly bodyUsed: boolean;
  readonly arrayBuffer: () => Promise<ArrayBuffer>;
};

/** Headers as a list of name, value, name, value. */
export function rawHeadersOf(headers: GivenHeaders): RawHeaders {
  const pairs = isIterable(headers) ? [...headers] : Object.entries(headers);
  return pairs.flatMap(([name, value]) => {
    const values = typeof value === "string" ? [value] : (value ?? []);
    return values.flatMap((one) => [name, one]);
  });
}

/** The bytes of a body. */
export function bytesOf(body: GivenBody): Buffer {
  if (typeof body === "string") return Buffer.from(body, "utf8");
  if (body instanceof ArrayBuffer) return Buffer.from(body);
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}

/** What is logged where a parser has left other bytes than those that were sent, after what to change. */
export const otherBytes =
  "What it has left are not the bytes that were sent: it decompressed or decoded them, so keeping them doesn't help.";

/** Whether bytes that a parser left can be those that were sent, by the request's headers. */
export function areAsSent(
  { length }: Uint8Array,
  headerOf: (name: string) => string | null | undefined,
): boolean {
  const announced = headerOf("content-length") ?? undefined;
  if (announced !== undefined) return Number(announced) === length;
  return (headerOf("content-encoding") ?? "identity") === "identity";
}

/** Path and query of an address, which may lack its origin. */
export function targetOf(url: string): { readonly path: string; readonly query: string } {
  const target = url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, "").split("#")[0] ?? "";
  const mark = target.indexOf("?");
  const path = mark < 0 ? target : target.slice(0, mark);
  return { path: path === "" ? "/" : path, query: mark < 0 ? "" : target.slice(mark + 1) };
}

function isIterable(headers: GivenHeaders): headers is Iterable<readonly [string, string]> {
  return Symbol.iterator in headers;
}
