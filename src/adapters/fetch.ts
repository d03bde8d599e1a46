/** Surehook in servers that speak `Request` and `Response`: Hono, Next.js, Bun.serve, Deno.serve and others. */
import type { MountedGateway } from "../app/create-gateway.ts";
import type { Answer } from "../core/types.ts";
import { bytesOf } from "./given-request.ts";
import { pathOf } from "./node-request.ts";

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
    if (body === undefined && request.bodyUsed) return responseOf(gateway.refuseParsed(remedy));
    const bytes = bytesOf(body ?? (await request.arrayBuffer()));
    const rawHeaders = [...request.headers].flat();
    const head = { method: request.method, url, rawHeaders, remoteAddress };
    return responseOf(await gateway.take(head, bytes));
  };
}

function responseOf({ status, body, contentType, headers }: Answer): Response {
  const type = contentType === undefined ? {} : { "content-type": contentType };
  return new Response(status === 204 ? null : body, { status, headers: { ...type, ...headers } });
}
