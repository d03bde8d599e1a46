/** Surehook in Hono, on any of its runtimes that has a disk. */
import { Buffer } from "node:buffer";
import type { MountedGateway } from "../app/create-gateway.ts";
import { surehook as fetchHandler } from "./fetch.ts";

export {
  createGateway,
  type GatewayOptions,
  type MountedGateway,
} from "../app/create-gateway.ts";

/** What is used of Hono's context. */
type HonoContext = {
  readonly req: {
    readonly raw: Request;
    /** What the application has read of the body, by the way in which it did. */
    readonly bodyCache: { readonly arrayBuffer?: unknown; readonly text?: unknown };
  };
  readonly env: unknown;
};

const remedy =
  "Something has read the request's body before Surehook, and not as text or bytes. Put app.use(surehook(gateway)) before it.";

/** Middleware that answers the paths of a gateway and hands on every other. */
export function surehook(
  gateway: MountedGateway,
): (context: HonoContext, next: () => Promise<void>) => Promise<Response | undefined> {
  const handle = fetchHandler(gateway, remedy);
  return async ({ req, env }, next) => {
    const body = await bytesRead(req.bodyCache);
    const response = await handle(req.raw, { body, remoteAddress: addressIn(env) });
    if (response === undefined) await next();
    return response;
  };
}

async function bytesRead(cache: HonoContext["req"]["bodyCache"]): Promise<Uint8Array | undefined> {
  const read = await (cache.arrayBuffer ?? cache.text);
  if (typeof read === "string") return Buffer.from(read, "utf8");
  return read instanceof ArrayBuffer ? new Uint8Array(read) : undefined;
}

/** Hono's server for Node.js shows its request as `incoming`. */
function addressIn(env: unknown): string | undefined {
  const { incoming } = (env ?? {}) as {
    readonly incoming?: { readonly socket?: { readonly remoteAddress?: string } };
  };
  return incoming?.socket?.remoteAddress;
}
