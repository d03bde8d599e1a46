/**
 * What a request meets once its body is there: the stages of `core/flow.ts`, then `accept`, or a greeting or a
 * refusal. An answer of 2xx is there only after `accept` has resolved.
 */
import { accept, answerOf } from "../core/accept.ts";
import type { Accepted, Engine } from "../core/engine.ts";
import { messageOf } from "../core/errors.ts";
import { judge } from "../core/flow.ts";
import type { LearnedSecrets } from "../core/learned.ts";
import type { Log } from "../core/log.ts";
import { receive } from "../core/receive.ts";
import type { Routed } from "../core/route.ts";
import type { Checks } from "../core/schemas.ts";
import type { Gateway, Source } from "../core/settings.ts";
import type {
  Answer,
  Handshake,
  KeyAsk,
  KeyMaterial,
  PathParams,
  RejectionCode,
  Request,
  SecretRef,
  SecretValue,
} from "../core/types.ts";
import { asksOf, type Proof } from "../core/verify.ts";
import { withoutCredentials } from "../kit/raw-headers.ts";
import { refusal } from "./answer.ts";
import { bytesOfEvents } from "./body.ts";
import type { Rates } from "./rates.ts";
import type { RespondTo } from "./respond.ts";

/** What the doors are given. */
export type DoorOptions = {
  readonly gateway: Gateway;
  readonly engine: Engine;
  /** What the sources' events must look like. */
  readonly checks: Checks;
  /** The live secrets of a source; undefined: no such tenant. */
  readonly secretsOf: (source: Source, params: PathParams) => readonly SecretValue[] | undefined;
  /** The live value of a secret that a provider's own options name. */
  readonly secret: (ref: SecretRef) => SecretValue | undefined;
  /** Secrets that sources have learned. */
  readonly learned: LearnedSecrets;
  /** Fetches what some providers verify by; rejects with KEYS_UNAVAILABLE. */
  readonly fetchKeys: (asks: readonly KeyAsk[], client: string) => Promise<KeyMaterial>;
  readonly newId: () => string;
  readonly clock: () => number;
  readonly log: Log;
  /** Answers by the modules of sources that have one. */
  readonly respondTo?: RespondTo | undefined;
  /** Called after a commit, with the destinations that something is owed to. */
  readonly onOwed: (destinations: readonly string[]) => void;
};

/** When a sender is to come again with a secret that finds no room. */
const fullForMs = 60_000;

/** What the doors are given, with what a request's body is judged by. */
export type TakeContext = DoorOptions & {
  readonly rates: Rates;
  /** Sources whose senders prove themselves by a credential. */
  readonly byCredential: ReadonlySet<Source>;
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
export function methodRefusal({ provider }: Source): Answer {
  const allow = ["POST", ...(provider.methods ?? [])].join(", ");
  return { ...refusal("METHOD_NOT_ALLOWED"), headers: { allow } };
}

/** Not async itself: a promise less for each request. */
export function judgeAndAccept(
  context: TakeContext,
  admitted: Admitted,
  request: Request,
): Answer | Promise<Answer> {
  const { source } = admitted;
  if (admitted.isUnmarked) {
    if (request.method !== "POST") return methodRefusal(source);
    const detail = `none of the headers of this path's sources is there`;
    return reject(context, source, { request, code: "MISSING_SIGNATURE", detail });
  }
  const proof: Proof = {
    secrets: admitted.secrets,
    now: request.receivedAt,
    publicUrl: context.gateway.publicUrl,
    secret: context.secret,
  };
  if (source.provider.material === undefined && !source.learns) {
    return judgeWith(context, proof, { source, request });
  }
  return judgeByKeys(context, proof, { source, request });
}

type Pending = { readonly source: Source; readonly request: Request };

async function judgeByKeys(context: TakeContext, given: Proof, pending: Pending): Promise<Answer> {
  const learned = pending.source.learns ? await context.learned.of(pending.source) : [];
  const proof = { ...given, secrets: [...given.secrets, ...learned] };
  const asks = asksOf(receive(pending.request, pending.source), proof);
  if (asks.length === 0) return judgeWith(context, proof, pending);
  const material = await context.fetchKeys(asks, pending.request.remoteAddress);
  return judgeWith(context, { ...proof, material }, pending);
}

function judgeWith(
  context: TakeContext,
  proof: Proof,
  { source, request }: Pending,
): Answer | Promise<Answer> {
  const { checks } = context;
  const { routes } = context.gateway;
  const judged = judge(request, source, { proof, routes, checks, decode: bytesOfEvents });
  if (judged.kind === "handshake") {
    const isFirst = proof.secrets.length === 0;
    return greet(context, judged.handshake, { source, request, isFirst });
  }
  if (judged.kind === "no-handshake") return methodRefusal(source);
  if (judged.kind === "rejected") {
    // Nothing is learned yet: no verdict over the sender, who comes again.
    if (source.learns && proof.secrets.length === 0) return refusal("SOURCE_OFF");
    return reject(context, source, { request, ...judged });
  }
  return acceptWithin(context, withoutProof(context, judged.routed));
}

/** A handshake is no event and isn't kept; it leaves a line in the log. */
async function greet(
  context: TakeContext,
  { shape, answer, learned, visit }: Handshake,
  { source, request, isFirst }: Pending & { readonly isFirst: boolean },
): Promise<Answer> {
  const { remoteAddress: from } = request;
  const wait = await context.rates.takeHandshake(source, from);
  if (wait > 0) return refusal("RATE_LIMITED", { retryAfterMs: wait });
  if (visit !== undefined) {
    await context.fetchKeys([{ kind: "visit", name: visit, url: visit }], from);
  }
  const taken = learned && (await context.learned.take(source, { value: learned, from, isFirst }));
  context.log.info(
    { source: source.name, handshake: shape, from, ...(taken ? { learned: taken } : {}) },
    "handshake answered",
  );
  return taken === "full" ? refusal("RATE_LIMITED", { retryAfterMs: fullForMs }) : answer;
}

/** A credential has done its work once it has proved the sender. A rejected request keeps it, to be judged again. */
function withoutProof({ byCredential }: TakeContext, routed: Routed): Routed {
  if (!byCredential.has(routed.source)) return routed;
  const { request } = routed;
  return { ...routed, request: { ...request, headers: withoutCredentials(request.headers) } };
}

async function acceptWithin(context: TakeContext, routed: Routed): Promise<Answer> {
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
    return finalAnswer(context, routed, accepted);
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
  return finalAnswer(context, routed, accepted);
}

function finalAnswer(
  { respondTo }: TakeContext,
  routed: Routed,
  accepted: Accepted,
): Answer | Promise<Answer> {
  if (routed.source.respond === undefined) return answerOf(routed, accepted);
  return respondTo?.(routed, accepted) ?? answerOf(routed, accepted);
}

/** Never why: what a schema says of an event may hold parts of it. The request's record has it. */
function tellMisfits({ log }: TakeContext, { events, request, source }: Routed): void {
  const misfits = events.flatMap(({ misfit }) => misfit ?? []);
  if (misfits.length === 0) return;
  const fields = { source: source.name, request: request.id, code: "VALIDATION_ERROR" };
  const isFault = misfits.some((misfit) => misfit.isFault);
  if (isFault) log.error(fields, "a schema failed by itself; its event is kept as invalid");
  else log.warn(fields, "an event doesn't fit its schema; kept as invalid, not delivered");
}

async function reject(
  context: TakeContext,
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

function owedOf({ events }: Routed): readonly string[] {
  const owed: string[] = [];
  for (const { deliveries } of events) {
    for (const { destination } of deliveries) owed.push(destination);
  }
  return owed;
}
