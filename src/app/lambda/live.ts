import type { AnyGateway, DestinationContext } from "../../core/define.ts";
import { errors, GatewayError, messageOf } from "../../core/errors.ts";
import type { LiveDoor } from "../../core/live.ts";
import { headersOf } from "../../kit/raw-headers.ts";
import { connectedClients } from "../../net/aws/live.ts";
import { rawHeadersOf } from "./api-request.ts";
import { variable } from "./environment.ts";
import type { LiveAnswer, LiveEventOfApi } from "./events.ts";
import { functionLog } from "./log.ts";
import { early, type FunctionSecrets, judged, openSecrets } from "./surroundings.ts";

/** API Gateway lets a client go after two hours; its row is then of no use. */
const longestSeconds = 3 * 3_600;

/** Takes live clients in, by the same rules as the gateway's own server, and lets them go. */
export function live(definition: AnyGateway): (event: LiveEventOfApi) => Promise<LiveAnswer> {
  const clients = connectedClients(variable("SUREHOOK_CONNECTIONS_TABLE"));
  const log = functionLog();
  const secrets = openSecrets();
  const opened = early(async () => {
    await secrets.refresh();
    return openDoor(definition, secrets);
  });
  return async (event) => {
    const { connectionId, eventType } = event.requestContext;
    try {
      if (eventType === "DISCONNECT") await clients.remove(connectionId);
      if (eventType !== "CONNECT") return { statusCode: 200 };
      await secrets.refresh();
      const admission = (await opened()).knock(knockOf(event));
      if (admission.kind === "refused") return { statusCode: errors[admission.code].status };
      await clients.add(connectionId, Math.ceil(Date.now() / 1000) + longestSeconds);
      const { protocol } = admission;
      return protocol === undefined || protocol === ""
        ? { statusCode: 200 }
        : { statusCode: 200, headers: { "Sec-WebSocket-Protocol": protocol } };
    } catch (error) {
      log.error({ error: messageOf(error) }, "a live client could not be taken in or let go");
      return { statusCode: 503 };
    }
  };
}

function knockOf(event: LiveEventOfApi) {
  const headers = rawHeadersOf({
    headers: event.headers ?? null,
    multiValueHeaders: event.multiValueHeaders ?? null,
  });
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(event.queryStringParameters ?? {})) {
    if (value !== undefined) query.append(name, value);
  }
  return {
    address: event.requestContext.identity?.sourceIp ?? "",
    headers,
    query: query.toString(),
    protocols: headersOf(headers, "sec-websocket-protocol")
      .flatMap((value) => value.split(","))
      .map((value) => value.trim())
      // Frames, topics and resume hang on a connection to a gateway's own server.
      .filter((value) => value !== "" && value !== "surehook.v1"),
  };
}

async function openDoor(definition: AnyGateway, secrets: FunctionSecrets): Promise<LiveDoor> {
  const destination = judged(definition).destinations.find(({ type }) => type.name === "websocket");
  if (destination === undefined) {
    throw new GatewayError("CONFIG_INVALID", "The config has no websocket destination.");
  }
  const { name, type, options, pacing } = destination;
  const { timeoutMs, concurrency } = pacing;
  const given = { name, timeoutMs, concurrency, secret: secrets.read, ...nothingKept };
  const { live: door } = await type.open(options, given);
  if (door === undefined) {
    throw new GatewayError("CONFIG_INVALID", `"${name}" takes no live clients.`);
  }
  return door;
}

/** Nobody enters here: the door only says who may. */
const nothingKept: Omit<DestinationContext, "name" | "timeoutMs" | "concurrency" | "secret"> = {
  log: () => undefined,
  now: Date.now,
  values: { get: async () => undefined, put: async () => false },
  publish: async () => undefined,
  listen: () => () => undefined,
  history: {
    event: async () => undefined,
    isKept: async () => false,
    newest: async () => ({ items: [], isWhole: true }),
  },
  configUrl: undefined,
};
