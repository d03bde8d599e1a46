/** Requests of `node:http` as frameworks hand them on, whose body somebody may have read already. */
import { Buffer } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { MountedGateway } from "../app/create-gateway.ts";
import type { Answer } from "../core/types.ts";
import { areAsSent, otherBytes } from "./given-request.ts";

/** A request that passed a framework: `body` and `rawBody` are what its parsers left. */
export type PassedRequest = IncomingMessage & {
  readonly body?: unknown;
  readonly rawBody?: unknown;
  /** The address before a mount path was taken off. */
  readonly originalUrl?: string;
};

/** Path of an address. */
export function pathOf(url: string): string {
  const end = url.search(/[?#]/);
  return end < 0 ? url : url.slice(0, end);
}

/**
 * Answers a request by its raw bytes: read from the connection, or as a parser left them. Where they are
 * gone the answer is 503 and `remedy` is logged, so that the sender comes again once that is mended.
 */
export async function handleNode(
  gateway: MountedGateway,
  { request, response }: { readonly request: PassedRequest; readonly response: ServerResponse },
  remedy: string,
): Promise<void> {
  const url = request.originalUrl ?? request.url ?? "/";
  if (!request.readableDidRead && !request.readableEnded) {
    request.url = url;
    return gateway.handle(request, response);
  }
  const bytes = bytesLeft(request);
  const { method = "GET", headers, rawHeaders, socket } = request;
  const head = { method, url, rawHeaders, remoteAddress: socket.remoteAddress ?? "" };
  if (bytes === undefined) return answerNode(response, gateway.refuseParsed(remedy));
  if (!areAsSent(bytes, (name) => headers[name]?.toString())) {
    return answerNode(response, gateway.refuseParsed(`${remedy} ${otherBytes}`));
  }
  answerNode(response, await gateway.take(head, bytes));
}

/** What a parser left of the body, where that are bytes or text. */
function bytesLeft({ rawBody, body, headers, method }: PassedRequest): Buffer | undefined {
  for (const left of [rawBody, body]) {
    if (Buffer.isBuffer(left)) return left;
    if (left instanceof Uint8Array) return Buffer.from(left);
    if (typeof left === "string") return Buffer.from(left, "utf8");
  }
  const isEmpty = headers["transfer-encoding"] === undefined && !Number(headers["content-length"]);
  return isEmpty || method === "GET" ? Buffer.alloc(0) : undefined;
}

/** Writes an answer. */
export function answerNode(response: ServerResponse, answer: Answer): void {
  const { status, body, contentType, headers } = answer;
  response.writeHead(status, {
    ...(contentType === undefined ? {} : { "content-type": contentType }),
    ...headers,
    ...(status === 204 ? {} : { "content-length": Buffer.byteLength(body) }),
  });
  response.end(body);
}
