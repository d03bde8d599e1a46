/** Surehook in Fastify 5, also below NestJS. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { MountedGateway } from "../app/create-gateway.ts";
import { GatewayError } from "../core/errors.ts";
import { handleNode } from "./node-request.ts";

export {
  createGateway,
  type GatewayOptions,
  type MountedGateway,
} from "../app/create-gateway.ts";

type Reply = { readonly raw: ServerResponse; readonly hijack: () => unknown };

/** What is used of Fastify's instance. */
type FastifyScope = {
  /** What stands before the paths of its routes. */
  readonly prefix: string;
  readonly removeAllContentTypeParsers: () => void;
  readonly addContentTypeParser: (
    type: string,
    parser: (
      request: unknown,
      payload: unknown,
      done: (error: Error | null, body?: unknown) => void,
    ) => void,
  ) => unknown;
  readonly all: (
    path: string,
    handler: (request: { readonly raw: IncomingMessage }, reply: Reply) => void,
  ) => unknown;
  readonly addHook: (name: "onClose", hook: () => Promise<void>) => unknown;
};

const remedy =
  "A hook has read the request's body before Surehook. Register Surehook outside the scope of that hook.";

/**
 * A plugin with a route for each path of a gateway: app.register(surehook, { gateway }). Parsers of the
 * application don't reach into it. The gateway stops when the application closes. Throws USAGE below a prefix,
 * since the paths are those of the definition, which senders and signatures know.
 */
export async function surehook(
  scope: FastifyScope,
  { gateway }: { readonly gateway: MountedGateway },
): Promise<void> {
  if (scope.prefix !== "") {
    throw new GatewayError(
      "USAGE",
      `Surehook is registered below the prefix ${scope.prefix}. Register it without one, and write the whole path in the definition: "${scope.prefix}${gateway.paths[0]}".`,
    );
  }
  scope.removeAllContentTypeParsers();
  // The body stays unread: it is read here, within the limits of its source.
  scope.addContentTypeParser("*", (_request, _payload, done) => done(null));
  for (const path of gateway.paths) {
    scope.all(path, (request, reply) => {
      reply.hijack();
      void handleNode(gateway, { request: request.raw, response: reply.raw }, remedy);
    });
  }
  scope.addHook("onClose", () => gateway.stop());
}
