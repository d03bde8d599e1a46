/**
 * Live clients on the gateway's server: the upgrade, and the wire that it opens. Who may come in and
 * what goes out is said by the door's destination.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { WebSocket, WebSocketServer } from "ws";
import { messageOf } from "../core/errors.ts";
import type { LiveDoor, LiveListener, LiveWire } from "../core/live.ts";
import type { Log } from "../core/log.ts";
import type { Answer } from "../core/types.ts";
import { headerOf, headersOf } from "../kit/raw-headers.ts";
import { addressSet, clientAddress, peerOf } from "./address.ts";
import { answerAndClose, endRaw, refusal } from "./answer.ts";

/** Largest frame that a client may send, in bytes: enough for its topics and an id. */
const maxFrameBytes = 4_096;
/** A client that doesn't answer a goodbye is cut off after this. */
const goodbyeMs = 3_000;

/** What live clients come in by. */
export type LiveOptions = {
  readonly doors: readonly LiveDoor[];
  readonly trustedProxies: readonly string[];
  readonly log: Log;
};

/** The part of a server that live clients need. */
export type Live = {
  /** Whether a request is to become a live client; any other `Upgrade` (h2c) is a request like all. */
  readonly wants: (request: IncomingMessage) => boolean;
  readonly upgrade: (request: IncomingMessage, socket: Socket, head: Buffer) => void;
  /** Answers a plain request to a door; false for every other path. */
  readonly answer: (request: IncomingMessage, response: ServerResponse) => boolean;
};

const upgradeRequired: Answer = {
  ...refusal("UPGRADE_REQUIRED"),
  headers: { upgrade: "websocket", "sec-websocket-version": "13" },
};

/** Opens the doors. */
export function createLive({ doors, trustedProxies, log }: LiveOptions): Live {
  const byPath = new Map(doors.map((door) => [door.path, door]));
  const isTrusted = addressSet(trustedProxies);
  const chosen = new WeakMap<IncomingMessage, string | undefined>();
  // A name of its own, since the types of ws don't know `closeTimeout`.
  const options = {
    noServer: true,
    clientTracking: false,
    maxPayload: maxFrameBytes,
    closeTimeout: goodbyeMs,
    handleProtocols: (_: Set<string>, request: IncomingMessage) => chosen.get(request) ?? false,
  } as const;
  const server = new WebSocketServer(options);
  server.on("wsClientError", (_, socket) => endRaw(socket, refusal("BAD_UPGRADE")));
  const find = (request: IncomingMessage) => byPath.get(splitUrl(request).path);
  return {
    wants: (request) =>
      request.headers.upgrade?.toLowerCase() === "websocket" && find(request) !== undefined,
    upgrade: (request, socket, head) => {
      if (headerOf(request.rawHeaders, "sec-websocket-version") !== "13") {
        return endRaw(socket, upgradeRequired);
      }
      const { query } = splitUrl(request);
      const headers = request.rawHeaders;
      const address = clientAddress(peerOf(request), isTrusted);
      const admission = find(request)?.knock({
        address,
        headers,
        query,
        protocols: headersOf(headers, "sec-websocket-protocol")
          .flatMap((list) => list.split(","))
          .map((one) => one.trim()),
      }) ?? { kind: "refused", code: "UNKNOWN_PROVIDER" };
      if (admission.kind === "refused") {
        log.debug({ from: address, code: admission.code }, "live client refused");
        return endRaw(socket, refusal(admission.code));
      }
      chosen.set(request, admission.protocol);
      server.handleUpgrade(request, socket, head, (client) => {
        attend(client, admission.enter(wireOf(client, socket)));
      });
    },
    answer: (request, response) => {
      if (find(request) === undefined) return false;
      answerAndClose(request, response, upgradeRequired);
      return true;
    },
  };

  function attend(client: WebSocket, listener: LiveListener): void {
    client.on("message", (data, isBinary) => listener.said(isBinary ? undefined : String(data)));
    client.on("ping", listener.pulse);
    client.on("pong", listener.pulse);
    client.on("close", listener.gone);
    // What isn't WebSocket: the client is told by a close code and let go.
    client.on("error", (error) => log.debug({ error: messageOf(error) }, "live client broke off"));
  }
}

/** Whole frames go straight to the socket: they are made once for all clients, not once for each. */
function wireOf(client: WebSocket, socket: Socket): LiveWire {
  return {
    write: (frames, done) => {
      if (client.readyState !== WebSocket.OPEN) return done?.();
      socket.cork();
      for (const [at, frame] of frames.entries()) {
        socket.write(frame, at === frames.length - 1 ? done : undefined);
      }
      socket.uncork();
    },
    waiting: () => socket.writableLength,
    ping: () => client.ping(),
    close: (code, reason) => client.close(code, reason),
    cut: () => client.terminate(),
  };
}

function splitUrl({ url = "/" }: IncomingMessage): {
  readonly path: string;
  readonly query: string;
} {
  const mark = url.indexOf("?");
  if (mark < 0) return { path: url, query: "" };
  return { path: url.slice(0, mark), query: url.slice(mark + 1) };
}
