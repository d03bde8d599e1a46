/** Surehook in Koa. */
import type { ServerResponse } from "node:http";
import type { MountedGateway } from "../app/create-gateway.ts";
import { handleNode, type PassedRequest } from "./node-request.ts";

export {
  createGateway,
  type GatewayOptions,
  type MountedGateway,
} from "../app/create-gateway.ts";

/** What is used of Koa's context. */
type KoaContext = {
  readonly req: PassedRequest;
  readonly res: ServerResponse;
  readonly path: string;
  readonly originalUrl: string;
  readonly request: { readonly rawBody?: unknown };
  respond?: boolean;
};

const remedy =
  "A body parser has read the request before Surehook. Put app.use(surehook(gateway)) before it.";

/** Middleware that answers the paths of a gateway and hands on every other. */
export function surehook(
  gateway: MountedGateway,
): (context: KoaContext, next: () => Promise<unknown>) => Promise<void> {
  return async (context, next) => {
    if (!gateway.listensAt(context.path)) {
      await next();
      return;
    }
    context.respond = false;
    const { rawBody } = context.request;
    const left = rawBody === undefined ? {} : { rawBody };
    const request = Object.assign(context.req, { originalUrl: context.originalUrl, ...left });
    await handleNode(gateway, { request, response: context.res }, remedy);
  };
}
