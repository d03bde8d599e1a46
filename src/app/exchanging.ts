/**
 * A gateway whose config is exchanged while its server goes on listening (`surehook dev`). A store has one
 * writer, so the old gateway closes before the new one opens: requests that arrive meanwhile wait for it, on
 * their connections, and are answered by the new one. What the server itself was started with stays: its
 * address, certificate and time limits.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { GatewayError, messageOf } from "../core/errors.ts";
import { endRaw, refusal } from "../http/answer.ts";
import { idle } from "../http/ingest.ts";
import type { LoadedConfig } from "./load-config.ts";
import { type OpenGateway, type OpenOptions, openGateway } from "./open-gateway.ts";

/** Deliveries under way get this long; what is cut short goes again without an attempt counted. */
const mostDrainMs = 3_000;

/** A gateway that can be exchanged. */
export type ExchangingGateway = OpenGateway & {
  /**
   * Goes on with another config; resolves with how many requests waited for that. Rejects where it can't be
   * opened: the one before goes on then.
   */
  readonly exchange: (config: LoadedConfig) => Promise<number>;
};

type State = {
  open: OpenGateway;
  config: LoadedConfig;
  /** Resolves when the exchange that is under way is over. */
  exchanging: Promise<void> | undefined;
  waiting: number;
};

type OpenOne = (config: LoadedConfig) => Promise<OpenGateway>;

/** Opens a gateway that can be exchanged. */
export async function openExchanging(options: OpenOptions): Promise<ExchangingGateway> {
  const failed = Promise.withResolvers<GatewayError>();
  const openOne: OpenOne = async (config) => {
    const open = await openGateway({ ...options, config });
    void open.failed.then(failed.resolve);
    return open;
  };
  const first = await openOne(options.config);
  const state: State = {
    open: first,
    config: options.config,
    exchanging: undefined,
    waiting: 0,
  };
  return {
    gateway: first.gateway,
    log: first.log,
    read: first.read,
    failed: failed.promise,
    ...wayIn(state),
    exchange: async (config) => {
      while (state.exchanging !== undefined) await turn(state);
      const over = Promise.withResolvers<void>();
      state.exchanging = over.promise;
      try {
        await exchange(state, config, openOne);
        return state.waiting;
      } catch (error) {
        if (error instanceof Unopened) failed.resolve(error);
        throw error;
      } finally {
        state.exchanging = undefined;
        over.resolve();
      }
    },
    stop: async (closing, drainMs) => {
      while (state.exchanging !== undefined) await turn(state);
      await state.open.stop(closing, drainMs);
    },
  };
}

/** Neither the new config nor the one before could be opened: nothing takes requests any more. */
class Unopened extends GatewayError {}

async function exchange(state: State, config: LoadedConfig, openOne: OpenOne): Promise<void> {
  const { ingest, gateway, stop } = state.open;
  const { headerTimeoutSeconds, bodyTimeoutSeconds, drainSeconds } = gateway.limits;
  // What has begun is answered by the old one, however slowly it is sent.
  const longestMs = (headerTimeoutSeconds + bodyTimeoutSeconds) * 1000;
  await stop(() => idle(ingest, longestMs), Math.min(drainSeconds * 1000, mostDrainMs));
  try {
    state.open = await openOne(config);
    state.config = config;
  } catch (error) {
    state.open = await openOne(state.config).catch((cause: unknown) => {
      throw new Unopened("STORE_UNAVAILABLE", `The gateway can't go on: ${messageOf(cause)}`, {
        cause,
      });
    });
    throw error;
  }
}

/** Waits for the end of an exchange. The next may have begun by then: whoever waits looks again, and goes on at once. */
async function turn(state: State): Promise<void> {
  state.waiting += 1;
  await state.exchanging;
  state.waiting -= 1;
}

/** All that the server asks, asked of whichever gateway is there then. */
function wayIn(state: State): Pick<OpenGateway, "ingest" | "health" | "live"> {
  const handle = async (
    request: IncomingMessage,
    response: ServerResponse,
    proceed?: () => void,
  ): Promise<void> => {
    while (state.exchanging !== undefined) await turn(state);
    const { health, live, ingest } = state.open;
    if (health.handle(request, response) || live?.answer(request, response)) return;
    await ingest.handle(request, response, proceed);
  };
  const upgrade = async (request: IncomingMessage, socket: Socket, head: Buffer) => {
    while (state.exchanging !== undefined) await turn(state);
    const { live } = state.open;
    if (live?.wants(request)) live.upgrade(request, socket, head);
    else endRaw(socket, refusal("UNKNOWN_PROVIDER"));
  };
  return {
    ingest: {
      handle,
      take: async (head, body) => {
        while (state.exchanging !== undefined) await turn(state);
        return state.open.ingest.take(head, body);
      },
      active: () => state.waiting + state.open.ingest.active(),
    },
    // Answered in `handle`, where it can wait.
    health: { answerTo: () => undefined, handle: () => false },
    live: {
      wants: (request) => state.open.live?.wants(request) ?? false,
      upgrade: (request, socket, head) => void upgrade(request, socket, head),
      answer: () => false,
    },
  };
}
