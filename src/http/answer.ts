import type { IncomingMessage, ServerResponse } from "node:http";
import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { Code } from "../core/errors.ts";
import { errors } from "../core/errors.ts";
import type { Answer } from "../core/types.ts";

/** Milliseconds that a refused sender may go on sending, so that it can read its answer first. */
const lingerMs = 1_000;
const defaultRetrySeconds = 5;

/** Answers; the length is always said, so that connections stay open. */
export function answer(response: ServerResponse, reply: Answer): void {
  const length = Buffer.byteLength(reply.body);
  if (reply.headers === undefined && reply.contentType === "application/json") {
    response.writeHead(reply.status, [
      "Content-Type",
      "application/json",
      "Content-Length",
      String(length),
    ]);
  } else {
    response.writeHead(reply.status, {
      ...(reply.contentType === undefined ? {} : { "content-type": reply.contentType }),
      ...reply.headers,
      ...(reply.status === 204 ? {} : { "content-length": length }),
    });
  }
  response.end(reply.body);
}

/** The answer of a code of the table. A code of 503 or 429 says when to come again. */
export function refusal(
  code: Code,
  options: { readonly status?: number; readonly retryAfterMs?: number } = {},
): Answer {
  const status = options.status ?? errors[code].status;
  const isOfSender = errors[code].status === 401 && code !== "TOKEN_REFUSED";
  const text = isOfSender ? failedText : errors[code].cause;
  const again = status === 503 || status === 429;
  const seconds = Math.max(
    1,
    Math.ceil((options.retryAfterMs ?? defaultRetrySeconds * 1000) / 1000),
  );
  return {
    status,
    body: JSON.stringify({ error: text, code }),
    contentType: "application/json",
    ...(again ? { headers: { "retry-after": String(seconds) } } : {}),
  };
}

const failedText = "Webhook verification failed";

const closing = new WeakSet<object>();

/** Whether an answer that closes a connection has been given on it: nothing is to be said behind it. */
export function isClosing(socket: object): boolean {
  return closing.has(socket);
}

/**
 * Whether an answer closes the connection that a request came on, whose own would never be sent: no such request
 * may be processed any more (RFC 9112, 9.6). Looked up only where another answer stands in front of its own.
 */
export function isBehindLastAnswer(
  { socket }: IncomingMessage,
  { socket: own }: ServerResponse,
): boolean {
  return own?.writable !== true && isClosing(socket);
}

/** Answers before the body was read: the connection is closed, after a moment in which the answer can be read. */
export function answerAndClose(
  request: IncomingMessage,
  response: ServerResponse,
  reply: Answer,
): void {
  closing.add(request.socket);
  response.shouldKeepAlive = false;
  if (!request.complete) linger(request);
  answer(response, { ...reply, headers: { ...reply.headers, connection: "close" } });
}

/**
 * Node would destroy the socket with its last answer. What its sender is still sending would be answered by a reset
 * then, which can take the answer away before it is read; so only this side ends, and the rest is read for a moment.
 */
function linger(request: IncomingMessage): void {
  const { socket } = request;
  // Not called here: what an application's tests inject comes with a socket that has none.
  const { destroySoon } = socket;
  socket.destroySoon = () => {
    if (request.complete) return destroySoon.call(socket);
    socket.end();
    const timer = setTimeout(() => socket.destroy(), lingerMs);
    socket.once("close", () => clearTimeout(timer));
    request.once("close", () => socket.destroy());
  };
  request.resume();
}

/**
 * Answers over a bare socket: what never became a request, or a request to become something else. The socket is
 * cut off a moment later, since nobody else waits for its end, and a stop would wait for it for ever.
 */
export function endRaw(socket: Duplex, reply: Answer): void {
  const headers: Readonly<Record<string, string>> = {
    connection: "close",
    "content-type": reply.contentType ?? "text/plain",
    "content-length": String(Buffer.byteLength(reply.body)),
    ...reply.headers,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(
    `HTTP/1.1 ${reply.status} ${STATUS_CODES[reply.status]}\r\n${lines.join("")}\r\n${reply.body}`,
  );
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  socket.once("close", () => clearTimeout(timer));
}
