/** Surehook in servers that speak `Request` and `Response`: Hono, Next.js, Bun.serve, Deno.serve and others. */
import type { MountedGateway } from "../app/create-gateway.ts";
import { areAsSent, bytesOf, otherBytes } from "./given-request.ts";
import { pathOf } from "./node-request.ts";
import { responseOf } from "./response-of.ts";

export {
  createGateway,
  type GatewayOptions,
  type MountedGateway,
} from "../app/create-gateway.ts";

/** What is known of a request beside itself. */
export type FetchContext = {
  /** The connection's other end, where the server tells it; trusted proxies are looked through. */
  readonly remoteAddress?: string | undefined;
  /** The raw bytes, where they were read already. */
  readonly body?: Uint8Array | undefined;
};

const defaultRemedy =
  "The request's body has been read before Surehook: hand the request to it first.";

/** A handler of requests; undefined for a path that isn't the gateway's. */
export function surehook(
  gateway: MountedGateway,
  remedy: string = defaultRemedy,
): (request: Request, context?: FetchContext) => Promise<Response | undefined> {
  return async (request, { remoteAddress = "", body } = {}) => {
    const url = request.url.replace(/^[a-z]+:\/\/[^/?#]*/i, "");
    if (!gateway.listensAt(pathOf(url))) return undefined;
    const isGone = request.bodyUsed || request.body?.locked === true;
    if (body === undefined && isGone) return responseOf(gateway.refuseParsed(remedy));
    const rawHeaders = [...request.headers].flat();
    const head = { method: request.method, url, rawHeaders, remoteAddress };
    if (body === undefined) return responseOf(await gateway.take(head, piecesOf(request)));
    if (!areAsSent(body, (name) => request.headers.get(name))) {
      return responseOf(gateway.refuseParsed(`${remedy} ${otherBytes}`));
    }
    return responseOf(await gateway.take(head, bytesOf(body)));
  };
}

/** Read as they come, so that a body is never held that is too large. What is left unread is the server's to end. */
async function* piecesOf({ body }: Request): AsyncGenerator<Uint8Array> {
  const reader = body?.getReader();
  for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) {
    yield read.value;
  }
}
