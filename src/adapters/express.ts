/** Surehook in Express 4 and 5, and in whatever takes its middleware (Connect, NestJS on Express). */
import type { ServerResponse } from "node:http";
import type { MountedGateway } from "../app/create-gateway.ts";
import { handleNode, type PassedRequest, pathOf } from "./node-request.ts";

export {
  createGateway,
  type GatewayOptions,
  type MountedGateway,
} from "../app/create-gateway.ts";

const remedy =
  "A body parser has read the request before Surehook. Put app.use(surehook(gateway)) before app.use(express.json()), or let the parser keep the bytes: express.json({ verify: keepRawBody }), from surehook/express.";

/** Middleware that answers the paths of a gateway and hands on every other. Use it without a path of its own. */
export function surehook(
  gateway: MountedGateway,
): (request: PassedRequest, response: ServerResponse, next: (error?: unknown) => void) => void {
  return (request, response, next) => {
    if (!gateway.listensAt(pathOf(request.originalUrl ?? request.url ?? "/"))) next();
    else handleNode(gateway, { request, response }, remedy).catch(next);
  };
}

/** For `verify` of Express's body parsers, where they must run first: keeps the bytes as `request.rawBody`. */
export function keepRawBody(request: object, _response: unknown, bytes: Buffer): void {
  Object.assign(request, { rawBody: bytes });
}
