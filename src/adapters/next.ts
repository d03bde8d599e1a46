/** Surehook in route handlers of Next.js (app router, Node.js runtime). */
import type { MountedGateway } from "../app/create-gateway.ts";
import { surehook as fetchHandler } from "./fetch.ts";

export {
  createGateway,
  type GatewayOptions,
  type MountedGateway,
} from "../app/create-gateway.ts";

type RouteHandler = (request: Request) => Promise<Response>;

/**
 * The handlers of a route, such as `app/webhooks/[...path]/route.ts`:
 * `export const { GET, POST } = surehook(gateway)`. Next.js tells no address of the connection.
 */
export function surehook(
  gateway: MountedGateway,
): Readonly<Record<"GET" | "POST" | "OPTIONS", RouteHandler>> {
  const handle = fetchHandler(gateway);
  const route: RouteHandler = async (request) =>
    (await handle(request)) ?? new Response("Not found", { status: 404 });
  return { GET: route, POST: route, OPTIONS: route };
}
