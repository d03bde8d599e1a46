/** Surehook in a server of `node:http`. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { MountedGateway } from "../app/create-gateway.ts";
import { handleNode } from "./node-request.ts";

export {
  createGateway,
  type GatewayOptions,
  type MountedGateway,
} from "../app/create-gateway.ts";

const remedy =
  "Something has read the request's body before Surehook: call its handler first, or leave the bytes in request.rawBody.";

/** A listener for `createServer`; what isn't the gateway's path is answered 404. */
export function surehook(
  gateway: MountedGateway,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => void handleNode(gateway, { request, response }, remedy);
}
