import { randomUUID } from "node:crypto";
import * as z from "zod";
import type {
  Conflict,
  DestinationContext,
  DestinationDefinition,
  DestinationKind,
  DestinationOptions,
} from "../core/define.ts";
import { type Code, messageOf } from "../core/errors.ts";
import type { Admission, Knock, LiveDoor, LiveListener, LiveWire } from "../core/live.ts";
import { secretRef } from "../core/secret-ref.ts";
import type { OpenDestination, Outcome, Parcel, SecretRef } from "../core/types.ts";
import { headerOf } from "../kit/raw-headers.ts";
import { sameText } from "../kit/same-text.ts";
import { liveValue, unusable } from "./secret-ref.ts";
import { LiveClient } from "./websocket-client.ts";
import { bareProtocol, framedProtocol, LiveEvent } from "./websocket-events.ts";
import { LiveHub, resumeBytes } from "./websocket-hub.ts";

/** Options of `websocket()`, beside those of every destination. */
export type WebsocketOptions = DestinationOptions & {
  /** Where clients connect, on the gateway's own server. */
  readonly path: string;
  /** What clients must show. */
  readonly token?: SecretRef;
  /** Let anyone in; must be said where there is no token. */
  readonly open?: true;
  readonly origins?: readonly string[];
  readonly heartbeatSeconds?: number;
  readonly bufferBytes?: number;
  readonly maxClients?: number;
  readonly maxClientsPerAddress?: number;
  readonly resumeEvents?: number;
};

const settings = {
  path: z
    .string()
    .regex(/^\/[^?#\s:]*$/, 'a path that begins with "/", without parameters and query')
    .describe("Where clients connect, on the gateway's own server."),
  token: secretRef
    .optional()
    .describe(
      "What clients must show: as `Authorization: Bearer`, as `?token=`, or among the subprotocols.",
    ),
  open: z.literal(true).optional().describe("Let anyone in; must be said where there is no token."),
  origins: z
    .array(
      z
        .string()
        .regex(/^https?:\/\/[^/\s]+$/, "an origin such as https://app.example.com")
        .toLowerCase(),
    )
    .min(1)
    .optional()
    .describe("Origins whose pages may connect; what is no browser sends none and isn't asked."),
  heartbeatSeconds: z
    .int()
    .min(1)
    .max(300)
    .default(30)
    .describe("Seconds between pings; a client that doesn't answer one is cut off at the next."),
  bufferBytes: z
    .int()
    .min(16_384)
    .default(1_048_576)
    .describe("Bytes that may wait for a slow client; past it, it is let go with code 1013."),
  maxClients: z.int().min(1).default(10_000).describe("Clients at once, on one instance."),
  maxClientsPerAddress: z.int().min(1).default(1_000).describe("Of those, from one address."),
  resumeEvents: z
    .int()
    .min(0)
    .max(10_000)
    .default(1_000)
    .describe("Missed events that a client can resume at most."),
};

const schema = z.object(settings);
const entry = schema.pick({ token: true, open: true });
type Settings = z.output<typeof schema>;

/** Sends events to every live client: browsers and programs that keep a WebSocket open (docs/websocket.md). */
export function websocket(options: WebsocketOptions): DestinationDefinition {
  return { kind: "destination", type: websocketKind, options };
}

/** Live clients as a kind of destination. */
export const websocketKind: DestinationKind = {
  name: "websocket",
  title: "Live clients (WebSocket)",
  settings,
  target: "path",
  concurrency: 100,
  path: (options) => schema.parse(options).path,
  conflicts: (options) => conflictsOf(entry.parse(options)),
  open: (options, context) => openWebsocket(schema.parse(options), context),
};

/** How much a client can resume, by the options of its destination. */
export function resumeBounds(options: unknown): {
  readonly events: number;
  readonly bytes: number;
} {
  return { events: schema.parse(options).resumeEvents, bytes: resumeBytes };
}

function conflictsOf({ token, open }: z.output<typeof entry>): Conflict[] {
  const from = ["token", "open"];
  if (token === undefined && open === undefined) {
    const expected = 'secret("NAME"), or open: true to let anyone in';
    return [{ option: "token", expected, from }];
  }
  if (token !== undefined && open !== undefined) {
    return [{ option: "open", expected: "nothing here, since there is a token", from }];
  }
  return [];
}

function openWebsocket(given: Settings, context: DestinationContext): OpenDestination {
  if (given.token !== undefined && liveValue(context, given.token) === undefined) {
    const { name } = given.token;
    throw unusable(context, `the secret ${name} is missing; set it or ${name}_FILE`);
  }
  const room = new Room(given, context);
  return {
    send: (parcel, signal) => room.send(parcel, signal),
    close: () => room.close(),
    live: room.door,
  };
}

/** The clients of one destination on this instance, and its tie to the other instances. */
class Room {
  readonly #given: Settings;
  readonly #context: DestinationContext;
  readonly #hub: LiveHub;
  readonly #byAddress = new Map<string, number>();
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #instance = randomUUID();
  readonly #unlisten: () => void;
  #connected = 0;
  #isClosed = false;
  /** Events of other instances, one after another. */
  #heard: Promise<unknown> = Promise.resolve();
  #empty: () => void = () => undefined;

  constructor(given: Settings, context: DestinationContext) {
    this.#given = given;
    this.#context = context;
    this.#hub = new LiveHub({ ...given, history: context.history, log: context.log });
    this.#unlisten = context.listen(this.#topic, (said) => this.#hear(said));
  }

  get door(): LiveDoor {
    return { path: this.#given.path, knock: (knock) => this.#knock(knock) };
  }

  /** Delivered when it has been written to the clients here and told to the other instances. */
  async send(parcel: Parcel, signal: AbortSignal): Promise<Outcome> {
    if (this.#isClosed || signal.aborted) return failed(signal, "the attempt was stopped");
    const { deliveryId, event } = parcel;
    const aborted = new Promise<Outcome>((resolve) => {
      const onAbort = () => resolve(failed(signal, "the attempt was stopped"));
      signal.addEventListener("abort", onAbort, { once: true });
    });
    const told = Promise.all([
      this.#hub.send(new LiveEvent(deliveryId, parcel)),
      this.#context.publish(this.#topic, `${this.#instance} ${deliveryId} ${event.id}`),
    ]).then(([clients]) => deliveredTo(clients), untold);
    const sent = Promise.race([told, aborted]);
    this.#underWay.add(sent);
    return sent.finally(() => this.#underWay.delete(sent));
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#unlisten();
    await Promise.all(this.#underWay);
    await this.#heard;
    const empty = new Promise<void>((resolve) => {
      this.#empty = resolve;
      if (this.#connected === 0) resolve();
    });
    this.#hub.close(1001, "the gateway is stopping");
    // Each wire is cut a few seconds after a goodbye that isn't answered.
    await empty;
  }

  get #topic(): string {
    return `live:${this.#context.name}`;
  }

  #hear(said: string): void {
    const [instance, deliveryId = "", eventId = ""] = said.split(" ");
    if (instance === this.#instance || this.#hub.size === 0) return;
    this.#heard = this.#heard
      .then(() => this.#context.history.event(eventId))
      .then((kept) => kept && this.#hub.send(new LiveEvent(deliveryId, kept)))
      .catch((error: unknown) => {
        this.#context.log("could not read another instance's event", { error: messageOf(error) });
      });
  }

  #knock(knock: Knock): Admission {
    const { origins, maxClients, maxClientsPerAddress } = this.#given;
    if (this.#isClosed) return refused("SHUTTING_DOWN");
    const origin = headerOf(knock.headers, "origin")?.toLowerCase();
    if (origins && origin !== undefined && !origins.includes(origin)) {
      return refused("ORIGIN_NOT_ALLOWED");
    }
    const shown = this.#shownToken(knock);
    if (shown === undefined) return refused("TOKEN_REFUSED");
    if (this.#connected >= maxClients) return refused("TOO_MANY_CLIENTS");
    if ((this.#byAddress.get(knock.address) ?? 0) >= maxClientsPerAddress) {
      return refused("TOO_MANY_FROM_ADDRESS");
    }
    // A browser gives up where none of the subprotocols that it offers is taken.
    const protocol = [framedProtocol, bareProtocol, shown].find((one) =>
      knock.protocols.includes(one),
    );
    return {
      kind: "admitted",
      protocol,
      enter: (wire) => this.#enter(wire, knock.address, protocol === framedProtocol),
    };
  }

  /** The token that fits, or nothing where none is asked for; undefined: no entry. */
  #shownToken({ headers, query, protocols }: Knock): string | undefined {
    const { token } = this.#given;
    if (token === undefined) return "";
    const wanted = liveValue(this.#context, token);
    const bearer = /^Bearer +(.+)$/i.exec(headerOf(headers, "authorization") ?? "")?.[1];
    const inQuery = new URLSearchParams(query).get("token");
    return [bearer, inQuery, ...protocols].find(
      (one): one is string =>
        wanted !== undefined && one !== undefined && one !== null && sameText(one, wanted),
    );
  }

  #enter(wire: LiveWire, address: string, isFramed: boolean): LiveListener {
    const { bufferBytes } = this.#given;
    const client = new LiveClient({
      wire,
      isFramed,
      bufferBytes,
      onResume: (one, after) => this.#hub.resume(one, after),
      onDropped: (one, reason) => {
        this.#hub.remove(one);
        this.#context.log("live client let go", { from: address, reason });
      },
    });
    this.#connected += 1;
    this.#byAddress.set(address, (this.#byAddress.get(address) ?? 0) + 1);
    this.#hub.add(client);
    return { ...client.listener, gone: () => this.#leave(client, address) };
  }

  #leave(client: LiveClient, address: string): void {
    this.#hub.remove(client);
    this.#connected -= 1;
    const left = (this.#byAddress.get(address) ?? 1) - 1;
    if (left === 0) this.#byAddress.delete(address);
    else this.#byAddress.set(address, left);
    if (this.#connected === 0) this.#empty();
  }
}

function deliveredTo(clients: number): Outcome {
  return { kind: "delivered", detail: `${clients} client${clients === 1 ? "" : "s"}` };
}

function untold(error: unknown): Outcome {
  const detail = `the other instances could not be told: ${messageOf(error)}`;
  return { kind: "failed", code: "DESTINATION_UNREACHABLE", detail };
}

function failed({ reason }: AbortSignal, detail: string): Outcome {
  const isTimeout = reason instanceof Error && reason.name === "TimeoutError";
  const code: Code = isTimeout ? "DESTINATION_TIMEOUT" : "DESTINATION_UNREACHABLE";
  return { kind: "failed", code, detail: isTimeout ? "not sent in time" : detail };
}

function refused(code: Code): Admission {
  return { kind: "refused", code };
}
