/**
 * From a request on the wire to its answer: the doors (path, method, address, size), then the stages
 * of `core/flow.ts`, then `accept`. 2xx is written only after `accept` has resolved.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { accept, answerOf } from "../core/accept.ts";
import type { Accepted, Engine } from "../core/engine.ts";
import type { Code } from "../core/errors.ts";
import { errors, GatewayError, messageOf } from "../core/errors.ts";
import { judge } from "../core/flow.ts";
import type { Log } from "../core/log.ts";
import { pickSource } from "../core/receive.ts";
import type { Routed } from "../core/route.ts";
import type { Gateway, Source } from "../core/settings.ts";
import type { Answer, PathParams, RejectionCode, Request, SecretValue } from "../core/types.ts";
import { ByteBudget } from "../kit/budget.ts";
import { headerOf, isCredential } from "../kit/raw-headers.ts";
import type { AddressSet } from "./address.ts";
import { addressSet, clientAddress } from "./address.ts";
import { answer, answerAndClose, refusal } from "./answer.ts";
import { decodeBody, encodingOf, readBody } from "./body.ts";
import { Rates } from "./rates.ts";
import { sourceFinder } from "./sources.ts";

/** What ingest is given. */
export type IngestOptions = {
  readonly gateway: Gateway;
  readonly engine: Engine;
  /** The live secrets of a source; undefined: no such tenant. */
  readonly secretsOf: (source: Source, params: PathParams) => readonly SecretValue[] | undefined;
  readonly newId: () => string;
  readonly clock: () => number;
  readonly log: Log;
  /** Called after a commit, with the destinations that something is owed to. */
  readonly onOwed: (destinations: readonly string[]) => void;
};

/** Handles one request; `proceed` is called when its body is wanted (`Expect: 100-continue`). */
export type Ingest = {
  readonly handle: (
    request: IncomingMessage,
    response: ServerResponse,
    proceed?: () => void,
  ) => Promise<void>;
  /** Requests under way. */
  readonly active: () => number;
};

type Context = IngestOptions & {
  readonly find: ReturnType<typeof sourceFinder>;
  readonly budget: ByteBudget;
  readonly rates: Rates;
  readonly isTrusted: AddressSet | undefined;
  readonly allowed: ReadonlyMap<string, AddressSet>;
};

/** A request that passed the doors; its body isn't read yet. */
type Admitted = {
  readonly source: Source;
  readonly secrets: readonly SecretValue[];
  readonly head: Omit<Request, "body" | "id">;
  /** No source's mark was there, though several share the path. */
  readonly isUnmarked: boolean;
};

/** Also for a method that a handshake may have, where the request is none. */
const methodRefusal: Answer = { ...refusal("METHOD_NOT_ALLOWED"), headers: { allow: "POST" } };

/** Makes the handler. */
export function createIngest(options: IngestOptions): Ingest {
  const { gateway } = options;
  const { trustedProxies } = gateway.server;
  const context: Context = {
    ...options,
    find: sourceFinder(gateway.sources),
    budget: new ByteBudget(gateway.limits.inFlightBytes),
    rates: new Rates(options.engine),
    isTrusted: trustedProxies.length === 0 ? undefined : addressSet(trustedProxies),
    allowed: new Map(
      gateway.sources.flatMap(({ name, allowIps }) =>
        allowIps === undefined ? [] : [[name, addressSet(allowIps)] as const],
      ),
    ),
  };
  let active = 0;
  return {
    active: () => active,
    handle: async (request, response, proceed) => {
      active += 1;
      try {
        await handle(context, request, response, proceed);
      } catch (error) {
        fail(context, { request, response, error });
      } finally {
        active -= 1;
      }
    },
  };
}

async function handle(
  context: Context,
  request: IncomingMessage,
  response: ServerResponse,
  proceed: (() => void) | undefined,
): Promise<void> {
  const admitted = admit(context, request);
  if ("status" in admitted) return answerAndClose(request, response, admitted);
  proceed?.();
  const held = { bytes: 0 };
  try {
    const bounds = { maxBytes: admitted.source.maxBodyBytes, budget: context.budget, held };
    const read = await readBody(request, bounds);
    if ("code" in read) return answerAndClose(request, response, refusal(read.code));
    const received = { ...admitted.head, id: context.newId(), body: read.body };
    answer(response, await judgeAndAccept(context, admitted, received));
  } finally {
    context.budget.give(held.bytes);
  }
}

/** The doors: all that can be said before the body is read. */
function admit(context: Context, request: IncomingMessage): Admitted | Answer {
  const url = request.url ?? "/";
  const mark = url.indexOf("?");
  const path = mark < 0 ? url : url.slice(0, mark);
  const query = mark < 0 ? "" : url.slice(mark + 1);
  const found = context.find(path);
  if (found === undefined) return refusal("UNKNOWN_PROVIDER");
  const picked = pickSource(found.sources, request.rawHeaders, query);
  const source = picked ?? (found.sources[0] as Source);
  const method = request.method ?? "GET";
  if (method !== "POST" && source.provider.handshake === undefined) {
    return methodRefusal;
  }
  const remoteAddress = clientAddress(request, context.isTrusted);
  if (context.allowed.get(source.name)?.(remoteAddress) === false) {
    return refusal("IP_NOT_ALLOWED");
  }
  const secrets = context.secretsOf(source, found.params);
  if (secrets === undefined) return refusal("UNKNOWN_PROVIDER");
  if (secrets.length === 0 && !source.unsigned) return refusal("SOURCE_OFF");
  const refused = sizeOrEncoding(context, request.rawHeaders, source);
  if (refused !== undefined) return refusal(refused);
  return {
    source,
    secrets,
    isUnmarked: picked === undefined,
    head: {
      source: source.name,
      receivedAt: context.clock(),
      method,
      path,
      query,
      params: found.params,
      headers: withoutCredentials(request.rawHeaders, source),
      remoteAddress,
    },
  };
}

function sizeOrEncoding(
  { budget, gateway }: Context,
  headers: readonly string[],
  source: Source,
): Code | undefined {
  if (encodingOf(headers) === "unknown") return "UNSUPPORTED_ENCODING";
  const length = Number(headerOf(headers, "content-length") ?? 0);
  if (length > source.maxBodyBytes) return "BODY_TOO_LARGE";
  if (budget.held > 0 && budget.held + length > gateway.limits.inFlightBytes) return "OVERLOADED";
  return undefined;
}

/** Not async itself: a promise less for each request. */
function judgeAndAccept(
  context: Context,
  admitted: Admitted,
  request: Request,
): Answer | Promise<Answer> {
  const { source } = admitted;
  if (admitted.isUnmarked) {
    const detail = `none of the headers of this path's sources is there`;
    return reject(context, source, { request, code: "MISSING_SIGNATURE", detail });
  }
  const judged = judge(request, source, {
    proof: {
      secrets: admitted.secrets,
      now: request.receivedAt,
      publicUrl: context.gateway.publicUrl,
    },
    routes: context.gateway.routes,
    decode: decodedBody,
  });
  if (judged.kind === "handshake") return judged.handshake.answer;
  if (judged.kind === "rejected") return reject(context, source, { request, ...judged });
  if (request.method !== "POST") return methodRefusal;
  return acceptWithin(context, judged.routed);
}

/** The bytes that events are ranges of: decoded only where the provider's senders compress. */
function decodedBody(request: Request, source: Source): Buffer {
  return source.provider.decodes ? decodeBody(request, source.maxBodyBytes) : request.body;
}

async function acceptWithin(context: Context, routed: Routed): Promise<Answer> {
  const { source } = routed;
  if (source.rateLimit !== undefined) {
    const wait = await context.rates.takeNew(source, routed.events.length);
    if (wait > 0) return refusal("RATE_LIMITED", { retryAfterMs: wait });
  }
  const accepted = await accept(context.engine, routed, context.newId);
  const stored = countStored(accepted);
  if (stored === accepted.events.length) {
    context.onOwed(owedOf(routed));
    return answerOf(routed, accepted);
  }
  if (stored > 0) context.onOwed(owedOf(routed));
  const over = await context.rates.takeDuplicates(source, accepted.events.length - stored);
  if (over > 0) return refusal("RATE_LIMITED", { retryAfterMs: over });
  if (accepted.conflict) {
    context.log.warn(
      { source: source.name, request: routed.request.id, event: accepted.events[0]?.id },
      "a known event came again with another body; kept as a conflict, not delivered",
    );
  }
  return answerOf(routed, accepted);
}

async function reject(
  context: Context,
  source: Source,
  refused: { readonly request: Request; readonly code: RejectionCode; readonly detail: string },
): Promise<Answer> {
  const { request, code, detail } = refused;
  const wait = await context.rates.takeFailure(source, request.remoteAddress);
  if (wait > 0) return refusal("RATE_LIMITED", { retryAfterMs: wait });
  context.engine.reject({ request, code, detail }).catch((error: unknown) => {
    context.log.error({ error: messageOf(error) }, "a rejected request could not be kept");
  });
  context.log.warn(
    { source: source.name, request: request.id, code, from: request.remoteAddress },
    "request rejected",
  );
  const { rejectStatus } = source.provider;
  return refusal(code, rejectStatus === undefined ? {} : { status: rejectStatus });
}

function countStored({ events }: Accepted): number {
  let stored = 0;
  for (const { kind } of events) if (kind === "stored") stored += 1;
  return stored;
}

function owedOf(routed: Routed): readonly string[] {
  const [only] = routed.events;
  const lists = routed.events.length === 1 && only ? [only] : routed.events;
  return lists.flatMap(({ deliveries }) => deliveries.map(({ destination }) => destination));
}

/** A credential's value goes no further, unless this source's provider judges by that header. */
function withoutCredentials(headers: readonly string[], { marks }: Source): readonly string[] {
  let clean: string[] | undefined;
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at] as string;
    if (!isCredential(name) || marks.includes(name.toLowerCase())) continue;
    clean ??= [...headers];
    clean[at + 1] = "[withheld]";
  }
  return clean ?? headers;
}

function fail(
  { log }: Context,
  failed: {
    readonly request: IncomingMessage;
    readonly response: ServerResponse;
    readonly error: unknown;
  },
): void {
  const { request, response, error } = failed;
  if (request.destroyed && !request.complete) return;
  const code = error instanceof GatewayError ? error.code : "INTERNAL";
  const status = errors[code].status === 413 ? 413 : 503;
  log.error(
    { code, error: messageOf(error), path: request.url?.split("?")[0] },
    `answered ${status}`,
  );
  if (response.headersSent) response.destroy();
  else answerAndClose(request, response, refusal(code, { status }));
}
