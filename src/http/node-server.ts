import type { ServerOptions as HttpOptions, IncomingMessage, Server } from "node:http";
import { createServer, ServerResponse } from "node:http";
import { createServer as createTlsServer, type ServerOptions as TlsOptions } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { Code } from "../core/errors.ts";
import { GatewayError } from "../core/errors.ts";
import type { Log } from "../core/log.ts";
import type { Gateway } from "../core/settings.ts";
import type { Answer } from "../core/types.ts";
import { answerAndClose, endRaw, isBehindLastAnswer, isClosing, refusal } from "./answer.ts";
import { DirectRequest } from "./direct-request.ts";
import type { Health } from "./health.ts";
import { type Ingest, idle } from "./ingest.ts";
import type { Live } from "./live.ts";

/** Largest headers, in bytes. */
const maxHeaderBytes = 65_536;
/** Most lines of headers. Node's own limit, set here since the table of errors names it. */
const maxHeaderLines = 1_000;
/** How often connections are looked at for slowness. */
const slownessCheckMs = 1_000;
/** Idle connections are closed after this; longer than common load balancers keep theirs. */
const keepAliveMs = 65_000;

/** What the server is given. */
export type ServerOptions = {
  readonly gateway: Gateway;
  readonly ingest: Ingest;
  readonly health: Health;
  /** Undefined where the config has no live clients. */
  readonly live: Live | undefined;
  readonly tls: { readonly cert: Buffer; readonly key: Buffer } | undefined;
  readonly log: Log;
};

/** A server that listens. */
export type RunningServer = {
  readonly address: AddressInfo;
  /** New requests are answered 503 from now on, and no new connection is taken. */
  readonly refuse: () => void;
  /** Resolves when nothing is under way, or after `drainMs` at the latest. */
  readonly close: (drainMs: number) => Promise<void>;
};

/** A server, and the end of all its connections. */
type Cuttable = { readonly server: Server; readonly cut: () => void };

/** Listens. Rejects when the port is taken. */
export async function listen(
  options: ServerOptions,
  at: { readonly host: string; readonly port: number },
): Promise<RunningServer> {
  const state = { isStopping: false };
  const { server, cut } = makeServer(options, state);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(notListening(error, at)));
    server.listen(at.port, at.host, 4096, () => resolve());
  });
  return {
    address: server.address() as AddressInfo,
    refuse: () => {
      state.isStopping = true;
    },
    close: (drainMs) => drain({ server, cut }, options.ingest, drainMs),
  };
}

function notListening(error: Error, at: { readonly host: string; readonly port: number }): Error {
  return new GatewayError(
    "USAGE",
    `It can't listen on ${at.host}:${at.port}: ${error.message}. Stop what uses the port, or give another with --port.`,
    { cause: error },
  );
}

/**
 * Makes the server. A sender that has closed its side after a whole request still gets its answer
 * (`httpAllowHalfOpen`: Node has had the switch for long, its documentation and types have not).
 */
function makeServer(options: ServerOptions, state: { readonly isStopping: boolean }): Cuttable {
  const { gateway, ingest, health, live, tls } = options;
  const settings = {
    headersTimeout: gateway.limits.headerTimeoutSeconds * 1000,
    requestTimeout:
      (gateway.limits.headerTimeoutSeconds + gateway.limits.bodyTimeoutSeconds) * 1000,
    connectionsCheckingInterval: slownessCheckMs,
    keepAliveTimeout: keepAliveMs,
    maxHeaderSize: maxHeaderBytes,
    noDelay: true,
    IncomingMessage: DirectRequest,
    // Asked for by `dispatch`, whose answer has our shape.
    requireHostHeader: false,
    // A second Host is seen by `faultIn` thereby, without a look at every header.
    joinDuplicateHeaders: true,
    shouldUpgradeCallback: (request: IncomingMessage) => {
      toOriginForm(request);
      // HTTP/1.0 knows no upgrade (RFC 9110, 7.8).
      return request.httpVersion === "1.1" && (live?.wants(request) ?? false);
    },
  };
  const { server, cut } = tls ? openTls({ ...settings, ...tls }) : openPlain(settings);
  const held = new Set<Socket>();
  server.maxHeadersCount = maxHeaderLines;
  Object.assign(server, { httpAllowHalfOpen: true });
  const dispatch = (request: IncomingMessage, response: ServerResponse, proceed?: () => void) => {
    if (isBehindLastAnswer(request, response)) return;
    toOriginForm(request);
    const fault = faultIn(request);
    if (fault !== undefined) return answerAndClose(request, response, refusal(fault));
    if (health.handle(request, response) || live?.answer(request, response)) return;
    if (state.isStopping) answerAndClose(request, response, refusal("SHUTTING_DOWN"));
    else void ingest.handle(request, response, proceed);
  };
  server.on("request", (request, response) => dispatch(request, response));
  server.on("checkContinue", (request, response) =>
    dispatch(request, response, () => response.writeContinue()),
  );
  server.on("checkExpectation", (request, response) =>
    answerAndClose(request, response, refusal("EXPECTATION_FAILED")),
  );
  takeConnections(server, { ...options, state, held });
  return {
    server,
    cut: () => {
      cut();
      for (const socket of held) socket.destroy();
    },
  };
}

/** What isn't a request like others: upgrades, CONNECT, and what is no HTTP. */
function takeConnections(
  server: Server,
  {
    live,
    state,
    held,
  }: Pick<ServerOptions, "live"> & {
    readonly state: { readonly isStopping: boolean };
    readonly held: Set<Socket>;
  },
): void {
  server.on("upgrade", (request, stream, head) => {
    // Of an HTTP server the stream of an upgrade is its socket.
    const socket = bare(stream as Socket);
    behindAnswers(socket, held, () => {
      const refused = faultIn(request) ?? (state.isStopping ? "SHUTTING_DOWN" : undefined);
      if (refused === undefined) live?.upgrade(request, socket, head);
      else endRaw(socket, refusal(refused));
    });
  });
  server.on("connect", (_, stream) => {
    const socket = bare(stream as Socket);
    behindAnswers(socket, held, () => endRaw(socket, connectRefusal));
  });
  const refused = new WeakSet<object>();
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    // A parser that has failed fails again with all that comes after.
    if (refused.has(socket)) return;
    refused.add(socket);
    refuseRaw(error, socket as Socket, held);
  });
}

/**
 * A connection is known to HTTP only behind its handshake: until then its slowness and its end are seen to here.
 * No longer, since live clients are no more of HTTP's, and are told of a stop by who they are connected to.
 */
function openTls(settings: TlsOptions & { readonly headersTimeout: number }): Cuttable {
  const server = createTlsServer({ ...settings, handshakeTimeout: settings.headersTimeout });
  const unsecured = new Map<string, Socket>();
  server.on("connection", (socket: Socket) => {
    const peer = nameOf(socket);
    unsecured.set(peer, socket);
    socket.once("close", () => {
      if (unsecured.get(peer) === socket) unsecured.delete(peer);
    });
  });
  server.on("secureConnection", (socket) => {
    unsecured.delete(nameOf(socket));
    // Not from the start: who ends before the handshake is to be let go.
    socket.allowHalfOpen = true;
  });
  return {
    server,
    cut: () => {
      server.closeAllConnections();
      for (const socket of unsecured.values()) socket.destroy();
    },
  };
}

/** The other side of a connection, which its socket and the one over TLS have in common. */
function nameOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

function openPlain(settings: HttpOptions): Cuttable {
  const server = createServer(settings);
  return { server, cut: () => server.closeAllConnections() };
}

/** A target that names the host too (RFC 9112, 3.2.2) means the same as its path. */
function toOriginForm(request: IncomingMessage): void {
  const { url = "/" } = request;
  if (url.startsWith("/")) return;
  const [absolute] = /^https?:\/\/[^/?]*/i.exec(url) ?? [];
  if (absolute === undefined) return;
  const target = url.slice(absolute.length);
  request.url = target.startsWith("/") ? target : `/${target}`;
}

/**
 * What no request may have, since who stands in front may have read it otherwise (Node has parsed the headers by
 * then). HTTP/1.1 asks for one header Host (RFC 9112, 3.2), HTTP/1.0 knows no transfer coding, and of codings
 * only `chunked` is understood here (6.1). Node also takes what calls itself HTTP/0.9 or 2.0.
 */
function faultIn({ headers, httpVersion }: IncomingMessage): Code | undefined {
  const { host, "transfer-encoding": coding } = headers;
  if (httpVersion !== "1.1") {
    return httpVersion === "1.0" && coding === undefined ? undefined : "BAD_REQUEST";
  }
  if (host === undefined || host.includes(",")) return "BAD_REQUEST";
  if (coding === undefined || coding.toLowerCase() === "chunked") return undefined;
  return "UNSUPPORTED_TRANSFER_CODING";
}

const connectRefusal: Answer = { ...refusal("METHOD_NOT_ALLOWED"), headers: { allow: "POST" } };

/** A socket that Node hands over without a listener: a reset would be an error that nobody hears. */
function bare(socket: Socket): Socket {
  return socket.on("error", () => undefined);
}

/**
 * Goes on when each whole request that came before on a connection has its answer, unless one of them closes it.
 * Until then it is among the `held`, since the server may not know it any more.
 */
function behindAnswers(socket: Socket, held: Set<Socket>, goOn: () => void): void {
  // Whose turn it is to be answered is known to Node alone, and its documentation has no word for it.
  const current: unknown = Reflect.get(socket, "_httpMessage");
  if (current instanceof ServerResponse && current.req.complete && !socket.destroyed) {
    held.add(socket);
    current.once("close", () => {
      held.delete(socket);
      behindAnswers(socket, held, goOn);
    });
  } else if (socket.writable) goOn();
}

/** Answers what never became a request: not HTTP, headers too large, or too slow. */
function refuseRaw(error: NodeJS.ErrnoException, socket: Socket, held: Set<Socket>): void {
  // What fails in TLS can't be answered through it, and would wait for ever to be.
  if (/^(ECONNRESET$|ERR_(TLS|SSL)_)/.test(error.code ?? "") || !socket.writable) {
    socket.destroy();
    return;
  }
  // Node hands over some heads before it finds them wrong: what was refused for its head has its answer.
  if (isClosing(socket)) return;
  behindAnswers(socket, held, () => endRaw(socket, refusal(rawCode(error.code))));
}

function rawCode(code: string | undefined): Code {
  if (code === "HPE_HEADER_OVERFLOW") return "HEADERS_TOO_LARGE";
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return "REQUEST_TIMEOUT";
  return "BAD_REQUEST";
}

async function drain({ server, cut }: Cuttable, ingest: Ingest, drainMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeIdleConnections();
  await idle(ingest, drainMs, () => server.closeIdleConnections());
  cut();
  await closed;
}
