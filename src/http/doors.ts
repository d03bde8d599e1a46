/**
 * What a request meets, whoever brought it: the doors (path, method, address, size), then the stages of
 * `core/flow.ts`, then `accept`. An answer of 2xx is there only after `accept` has resolved.
 */
import { accept, answerOf } from "../core/accept.ts";
import { isDenied } from "../core/authorize.ts";
import type { Accepted, Engine } from "../core/engine.ts";
import type { Code } from "../core/errors.ts";
import { errors, GatewayError, messageOf } from "../core/errors.ts";
import { judge } from "../core/flow.ts";
import type { Log } from "../core/log.ts";
import { pickSource, receive } from "../core/receive.ts";
import type { Routed } from "../core/route.ts";
import type { Checks } from "../core/schemas.ts";
import type { Gateway, Source } from "../core/settings.ts";
import type {
  Answer,
  KeyAsk,
  KeyMaterial,
  PathParams,
  RejectionCode,
  Request,
  SecretValue,
} from "../core/types.ts";
import { asksOf, type Proof } from "../core/verify.ts";
import { headerOf, isCredential } from "../kit/raw-headers.ts";
import type { AddressSet } from "./address.ts";
import { addressSet } from "./address.ts";
import { refusal } from "./answer.ts";
import { decodedBody, encodingOf } from "./body.ts";
import { Rates } from "./rates.ts";
import { sourceFinder } from "./sources.ts";

/** What the doors are given. */
export type DoorOptions = {
  readonly gateway: Gateway;
  readonly engine: Engine;
  /** What the sources' events must look like. */
  readonly checks: Checks;
  /** The live secrets of a source; undefined: no such tenant. */
  readonly secretsOf: (source: Source, params: PathParams) => readonly SecretValue[] | undefined;
  /** Fetches what some providers verify by; rejects with KEYS_UNAVAILABLE. */
  readonly fetchKeys: (asks: readonly KeyAsk[], client: string) => Promise<KeyMaterial>;
  readonly newId: () => string;
  readonly clock: () => number;
  readonly log: Log;
  /** Called after a commit, with the destinations that something is owed to. */
  readonly onOwed: (destinations: readonly string[]) => void;
};

/** A request before its body. */
export type Head = {
  readonly method: string;
  /** Path and query string. */
  readonly url: string;
  readonly rawHeaders: readonly string[];
  /** The client's address, after trusted proxies. */
  readonly remoteAddress: string;
};

/** The way of a request, in two steps. */
export type Doors = {
  /** All that can be said before the body is read. */
  readonly admit: (head: Head) => Admitted | Answer;
  /** Judges a request with its body, and keeps it. */
  readonly take: (admitted: Admitted, body: Buffer) => Answer | Promise<Answer>;
  /** What the sender is answered for a fault of ours, which is logged. */
  readonly faultOf: (error: unknown, url: string | undefined) => Answer;
};

type Context = DoorOptions & {
  readonly find: ReturnType<typeof sourceFinder>;
  readonly rates: Rates;
  readonly allowed: ReadonlyMap<string, AddressSet>;
};

/** A request that passed the doors; its body isn't read yet. */
export type Admitted = {
  readonly source: Source;
  readonly secrets: readonly SecretValue[];
  readonly head: Omit<Request, "body" | "id">;
  /** The body's length as it is announced; 0 where it isn't. */
  readonly announcedBytes: number;
  /** No source's mark was there, though several share the path. */
  readonly isUnmarked: boolean;
};

/** Also for a method that a handshake may have, where the request is none. */
const methodRefusal: Answer = { ...refusal("METHOD_NOT_ALLOWED"), headers: { allow: "POST" } };

/** Makes the doors of a gateway. */
export function createDoors(options: DoorOptions): Doors {
  const { gateway } = options;
  const context: Context = {
    ...options,
    find: sourceFinder(gateway.sources),
    rates: new Rates(options.engine),
    allowed: new Map(
      gateway.sources.flatMap(({ name, allowIps }) =>
        allowIps === undefined ? [] : [[name, addressSet(allowIps)] as const],
      ),
    ),
  };
  return {
    admit: (head) => admit(context, head),
    take: (admitted, body) =>
      judgeAndAccept(context, admitted, { ...admitted.head, id: context.newId(), body }),
    faultOf: (error, url) => faultOf(context, error, url),
  };
}

/** Both steps, for a request whose body was read elsewhere. Never rejects: a fault of ours is an answer too. */
export async function takeWhole(doors: Doors, head: Head, body: Buffer): Promise<Answer> {
  try {
    const admitted = doors.admit(head);
    if ("status" in admitted) return admitted;
    if (body.length > admitted.source.maxBodyBytes) return refusal("BODY_TOO_LARGE");
    return await doors.take(admitted, body);
  } catch (error) {
    return doors.faultOf(error, head.url);
  }
}

function admit(context: Context, head: Head): Admitted | Answer {
  const { url, method, rawHeaders, remoteAddress } = head;
  const mark = url.indexOf("?");
  const path = mark < 0 ? url : url.slice(0, mark);
  const query = mark < 0 ? "" : url.slice(mark + 1);
  const found = context.find(path);
  if (found === undefined) return refusal("UNKNOWN_PROVIDER");
  const picked = pickSource(found.sources, rawHeaders, query);
  const source = picked ?? (found.sources[0] as Source);
  if (method !== "POST" && source.provider.handshake === undefined) {
    return methodRefusal;
  }
  const secrets = context.secretsOf(source, found.params);
  if (isDenied(found.sources, rawHeaders, query)) return refusal("AUTHORIZATION_DENIED");
  const announcedBytes = Number(headerOf(rawHeaders, "content-length") ?? 0);
  const refused = refusedBefore(context, head, { source, secrets, announcedBytes });
  if (refused !== undefined || secrets === undefined) return refusal(refused ?? "UNKNOWN_PROVIDER");
  return {
    source,
    secrets,
    announcedBytes,
    isUnmarked: picked === undefined,
    head: {
      source: source.name,
      receivedAt: context.clock(),
      method,
      path,
      query,
      params: found.params,
      headers: withoutCredentials(rawHeaders, source),
      remoteAddress,
    },
  };
}

/** Why a request isn't let in, whatever its body. */
function refusedBefore(
  { allowed }: Context,
  { rawHeaders, remoteAddress }: Head,
  found: {
    readonly source: Source;
    readonly secrets: readonly SecretValue[] | undefined;
    readonly announcedBytes: number;
  },
): Code | undefined {
  const { source, secrets, announcedBytes } = found;
  if (allowed.get(source.name)?.(remoteAddress) === false) return "IP_NOT_ALLOWED";
  if (secrets === undefined) return "UNKNOWN_PROVIDER";
  if (secrets.length === 0 && !source.unsigned) return "SOURCE_OFF";
  if (encodingOf(rawHeaders) === "unknown") return "UNSUPPORTED_ENCODING";
  return announcedBytes > source.maxBodyBytes ? "BODY_TOO_LARGE" : undefined;
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
  const proof: Proof = {
    secrets: admitted.secrets,
    now: request.receivedAt,
    publicUrl: context.gateway.publicUrl,
  };
  if (source.provider.material === undefined) return judgeWith(context, proof, { source, request });
  return judgeByKeys(context, proof, { source, request });
}

type Pending = { readonly source: Source; readonly request: Request };

async function judgeByKeys(context: Context, proof: Proof, pending: Pending): Promise<Answer> {
  const asks = asksOf(receive(pending.request, pending.source), proof);
  if (asks.length === 0) return judgeWith(context, proof, pending);
  const material = await context.fetchKeys(asks, pending.request.remoteAddress);
  return judgeWith(context, { ...proof, material }, pending);
}

function judgeWith(
  context: Context,
  proof: Proof,
  { source, request }: Pending,
): Answer | Promise<Answer> {
  const { checks } = context;
  const { routes } = context.gateway;
  const judged = judge(request, source, { proof, routes, checks, decode: decodedBody });
  if (judged.kind === "handshake") return judged.handshake.answer;
  if (judged.kind === "rejected") return reject(context, source, { request, ...judged });
  if (request.method !== "POST") return methodRefusal;
  return acceptWithin(context, judged.routed);
}

async function acceptWithin(context: Context, routed: Routed): Promise<Answer> {
  const { source } = routed;
  if (source.rateLimit !== undefined) {
    const wait = await context.rates.takeNew(source, routed.events.length);
    if (wait > 0) return refusal("RATE_LIMITED", { retryAfterMs: wait });
  }
  const accepted = await accept(context.engine, routed, context.newId);
  if (source.schemas !== undefined) tellMisfits(context, routed);
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

/** Never why: what a schema says of an event may hold parts of it. The request's record has it. */
function tellMisfits({ log }: Context, { events, request, source }: Routed): void {
  const misfits = events.flatMap(({ misfit }) => misfit ?? []);
  if (misfits.length === 0) return;
  const fields = { source: source.name, request: request.id, code: "VALIDATION_ERROR" };
  const isFault = misfits.some((misfit) => misfit.isFault);
  if (isFault) log.error(fields, "a schema failed by itself; its event is kept as invalid");
  else log.warn(fields, "an event doesn't fit its schema; kept as invalid, not delivered");
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

function faultOf({ log }: Context, error: unknown, url: string | undefined): Answer {
  const code = error instanceof GatewayError ? error.code : "INTERNAL";
  const status = errors[code].status === 413 ? 413 : 503;
  log.error({ code, error: messageOf(error), path: url?.split("?")[0] }, `answered ${status}`);
  return refusal(code, { status });
}
