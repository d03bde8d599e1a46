/**
 * Asks addresses that our own code names, such as PayPal's. They need no guard as those of `guarded-pool.ts`
 * do, which a person wrote: the host is a constant, and TLS proves it before a byte is asked, so a name that
 * leads into our own network ends there. So this is Node's own client, which keeps functions on AWS small. It
 * follows no redirects: one is an answer like any other.
 */
import type { IncomingMessage } from "node:http";
import { type Agent, request } from "node:https";

/** What is asked. */
export type PinnedAsk = {
  readonly method: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
};

/** Bounds of one exchange: time for all of it, and bytes of the answer. */
export type PinnedBounds = {
  readonly timeoutMs: number;
  readonly mostBytes: number;
  /** In place of Node's own one. */
  readonly agent?: Agent | undefined;
};

/** The answer, whatever its status. */
export type PinnedReply = { readonly status: number; readonly text: string };

/** Asks once, over TLS. Rejects where no whole answer comes within the bounds. */
export async function pinnedExchange(
  url: string,
  ask: PinnedAsk,
  bounds: PinnedBounds,
): Promise<PinnedReply> {
  const signal = AbortSignal.timeout(bounds.timeoutMs);
  const response = await answerTo(url, ask, { ...bounds, signal });
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bounds.mostBytes)
      throw new Error(`it answered more than ${bounds.mostBytes} bytes`);
    chunks.push(chunk);
  }
  return { status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") };
}

function answerTo(
  url: string,
  ask: PinnedAsk,
  bounds: PinnedBounds & { readonly signal: AbortSignal },
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const { method, headers = {}, body } = ask;
  const { agent, signal } = bounds;
  const asked = request(url, { method, headers, signal, agent });
  asked.on("response", resolve);
  // Stays for what comes after the answer's head, which the reader of the body is told too.
  asked.on("error", (error: NodeJS.ErrnoException) => {
    // A kept connection may have ended while a function stood still: https://nodejs.org/api/http.html#requestreusedsocket.
    const isStale = asked.reusedSocket && error.code === "ECONNRESET";
    if (isStale) answerTo(url, ask, bounds).then(resolve, reject);
    else reject(error);
  });
  asked.end(body);
  return promise;
}
