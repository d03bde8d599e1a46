import type { AnyGateway, DestinationContext } from "../../core/define.ts";
import { errors, GatewayError, messageOf } from "../../core/errors.ts";
import type { LiveDoor } from "../../core/live.ts";
import type { Destination, Gateway } from "../../core/settings.ts";
import { resumeBounds } from "../../destinations/websocket.ts";
import { framedProtocol } from "../../destinations/websocket-events.ts";
import { headersOf } from "../../kit/raw-headers.ts";
import type { ConnectedClients } from "../../net/aws/live.ts";
import { once } from "../../net/aws/sdk.ts";
import { historyOf } from "../history.ts";
import { rawHeadersOf } from "./api-request.ts";
import type { Invocation, LiveAnswer, LiveEventOfApi } from "./events.ts";
import { inlineForming } from "./inline-forming.ts";
import { liveSurroundings } from "./live-surroundings.ts";
import { heed } from "./live-talk.ts";
import { functionLog } from "./log.ts";
import { early, type FunctionSecrets, judged, onAws, openSecrets } from "./surroundings.ts";

/** API Gateway lets a client go after two hours; its row is then of no use. */
const longestSeconds = 3 * 3_600;
/** How long a client of the protocol may take to say where to resume, before live events go out to it. */
const openingMs = 2_000;

/** Takes live clients in, by the same rules as the gateway's own server, heeds what they say, and lets them go. */
export function live(
  definition: AnyGateway,
  on = onAws(),
): (event: LiveEventOfApi, invocation: Invocation) => Promise<LiveAnswer> {
  const { clients, wires } = liveSurroundings(on);
  const log = on.log ?? functionLog();
  const secrets = openSecrets(on);
  const opened = early(async () => {
    await secrets.refresh();
    const gateway = judged(definition);
    const destination = liveDestination(gateway);
    const past = once(async () =>
      historyOf(await on.openStore(gateway), destination.name, inlineForming(gateway, log)),
    );
    const talk = { clients, wires, past, bounds: resumeBounds(destination.options) };
    return { talk, door: await openDoor(destination, secrets) };
  });
  return async (event, invocation) => {
    const { connectionId, eventType } = event.requestContext;
    try {
      if (eventType === "DISCONNECT") await clients.remove(connectionId);
      if (eventType === "MESSAGE") {
        const endsAt = Date.now() + invocation.getRemainingTimeInMillis();
        await heed((await opened()).talk, { connectionId, text: event.body ?? "", endsAt });
      }
      if (eventType !== "CONNECT") return { statusCode: 200 };
      await secrets.refresh();
      return await takeIn((await opened()).door, event, clients);
    } catch (error) {
      log.error({ error: messageOf(error) }, "a live client could not be served");
      return { statusCode: 503 };
    }
  };
}

async function takeIn(
  door: LiveDoor,
  event: LiveEventOfApi,
  clients: ConnectedClients,
): Promise<LiveAnswer> {
  const admission = door.knock(knockOf(event));
  if (admission.kind === "refused") return { statusCode: errors[admission.code].status };
  const { protocol } = admission;
  const now = Date.now();
  await clients.add({
    connectionId: event.requestContext.connectionId,
    state: protocol === framedProtocol ? "opening" : "bare",
    until: now + openingMs,
    ttl: Math.ceil(now / 1000) + longestSeconds,
  });
  return protocol === undefined || protocol === ""
    ? { statusCode: 200 }
    : { statusCode: 200, headers: { "Sec-WebSocket-Protocol": protocol } };
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
      .filter((value) => value !== ""),
  };
}

function liveDestination(gateway: Gateway): Destination {
  const destination = gateway.destinations.find(({ type }) => type.name === "websocket");
  if (destination !== undefined) return destination;
  throw new GatewayError("CONFIG_INVALID", "The config has no websocket destination.");
}

async function openDoor(
  { name, type, options, pacing }: Destination,
  secrets: FunctionSecrets,
): Promise<LiveDoor> {
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
