import type { IncomingMessage } from "node:http";
import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from "node:zlib";
import type { Code } from "../core/errors.ts";
import { GatewayError } from "../core/errors.ts";
import type { Source } from "../core/settings.ts";
import type { Request } from "../core/types.ts";
import type { ByteBudget } from "../kit/budget.ts";
import { firstField } from "../kit/form.ts";
import { headerOf } from "../kit/raw-headers.ts";
import { DirectRequest } from "./direct-request.ts";

/** A body read whole, or the code it is refused with. */
export type BodyRead = { readonly body: Buffer } | { readonly code: Code };

/** Bytes that a kept body may decode to, where its source's limit isn't at hand: the largest that one can have. */
export const largestDecoded = 256 * 1_048_576;

const empty = Buffer.alloc(0);

const decoders = {
  gzip: gunzipSync,
  "x-gzip": gunzipSync,
  deflate: inflateSync,
  br: brotliDecompressSync,
  zstd: zstdDecompressSync,
} as const;

/** The decoder's name of a request's encoding: undefined for none, `unknown` for one that can't be read. */
export function encodingOf(
  headers: readonly string[],
): keyof typeof decoders | "unknown" | undefined {
  const value = headerOf(headers, "content-encoding")?.trim().toLowerCase();
  if (value === undefined || value === "" || value === "identity") return undefined;
  return Object.hasOwn(decoders, value) ? (value as keyof typeof decoders) : "unknown";
}

/**
 * The decoded bytes, for providers whose senders compress. What can't be decoded stays as it came.
 * Throws BODY_TOO_LARGE when there are more than `maxBytes`.
 */
export function decodeBody(request: Pick<Request, "headers" | "body">, maxBytes: number): Buffer {
  const encoding = encodingOf(request.headers);
  if (encoding === undefined || encoding === "unknown") return request.body;
  try {
    return decoders[encoding](request.body, { maxOutputLength: maxBytes });
  } catch (error) {
    if (!isTooLarge(error)) return request.body;
    throw new GatewayError("BODY_TOO_LARGE", `The body decodes to more than ${maxBytes} bytes.`);
  }
}

/** The bytes that a request's events are ranges of. Throws BODY_TOO_LARGE. */
export function bytesOfEvents(
  request: Pick<Request, "headers" | "body">,
  { provider, maxBodyBytes }: Pick<Source, "provider" | "maxBodyBytes">,
): Buffer {
  if (provider.decodes === undefined) return request.body;
  return provider.decodes === "form"
    ? decodeItems(request, maxBodyBytes)
    : decodeBody(request, maxBodyBytes);
}

/**
 * The bytes that items of a kept batch are ranges of, whatever its source is by now: the body without its
 * encoding, and of a form the first field. Throws BODY_TOO_LARGE when there are more than `maxBytes`.
 */
export function decodeItems(request: Pick<Request, "headers" | "body">, maxBytes: number): Buffer {
  const body = decodeBody(request, maxBytes);
  return firstField(request.headers, body) ?? body;
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
}

/** What a body is read within. */
type Bounds = {
  readonly maxBytes: number;
  readonly budget: ByteBudget;
  readonly held: { bytes: number };
};

/** Takes bytes that have arrived, or says why they are too many. */
function takeBytes(bytes: number, { maxBytes, budget, held }: Bounds): Code | undefined {
  if (held.bytes + bytes > maxBytes) return "BODY_TOO_LARGE";
  if (!budget.take(bytes)) return "OVERLOADED";
  held.bytes += bytes;
  return undefined;
}

/** As `readBody`, of a body that comes in pieces by another way than `node:http`. A sender that breaks off is late for good. */
export async function readPieces(
  pieces: AsyncIterable<Uint8Array>,
  bounds: Bounds,
): Promise<BodyRead> {
  const kept: Uint8Array[] = [];
  try {
    for await (const piece of pieces) {
      const code = takeBytes(piece.length, bounds);
      if (code !== undefined) return { code };
      kept.push(piece);
    }
  } catch {
    return { code: "REQUEST_TIMEOUT" };
  }
  return { body: Buffer.concat(kept) };
}

/**
 * Reads a body within its limit and the budget. Bytes are taken from the budget as they arrive and
 * are the caller's to give back: `held` tells how many, also when the read is refused or broken off.
 */
export function readBody(request: IncomingMessage, bounds: Bounds): Promise<BodyRead> {
  return new Promise((resolve, reject) => {
    const kept: Buffer[] = [];
    const take = (chunk: Buffer): boolean => {
      const code = takeBytes(chunk.length, bounds);
      if (code === undefined) kept.push(chunk);
      else resolve({ code });
      return code === undefined;
    };
    const end = () => {
      // What can reject a promise holds what it was resolved with.
      if (request instanceof DirectRequest) request.removeListener("error", reject);
      const [first = empty, ...more] = kept;
      resolve({ body: more.length === 0 ? first : Buffer.concat([first, ...more]) });
    };
    // Also how Node says that the connection closed before the body's end.
    request.on("error", reject);
    if (request instanceof DirectRequest && request.collect({ take, end })) return;
    request.on("data", (chunk: Buffer) => {
      if (!take(chunk)) request.removeAllListeners("data");
    });
    request.on("end", end);
  });
}
