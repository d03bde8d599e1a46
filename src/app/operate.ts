/** What a person does with a store, beside the gateway that runs. */
import { acceptanceOf } from "../core/accept.ts";
import type { Engine, Reading } from "../core/engine.ts";
import { GatewayError } from "../core/errors.ts";
import { judge } from "../core/flow.ts";
import { pickSource, receive } from "../core/receive.ts";
import { destinationsFor } from "../core/route.ts";
import type { Gateway, Source } from "../core/settings.ts";
import type { Event, RejectionCode, Request } from "../core/types.ts";
import { misfitOf } from "../core/validate.ts";
import { asksOf, type Proof, unproven } from "../core/verify.ts";
import { bytesOfEvents } from "../http/body.ts";
import { idMaker } from "../kit/ids.ts";
import { KeyFetcher } from "../net/key-fetcher.ts";
import type { Environment, SecretReader } from "./config.ts";
import { secretReader } from "./config.ts";
import {
  type LearnedStore,
  type LearnedView,
  learnedSecrets,
  learnedView,
} from "./learned-secrets.ts";
import { openEngine } from "./open-engine.ts";
import { openChecks } from "./schemas.ts";
import { sealKeySource } from "./seal-key.ts";
import { sourceSecrets } from "./secrets.ts";

/** A store opened beside a running gateway, or without one. */
export type Operator = { readonly engine: Engine; readonly close: () => Promise<void> };

/** Opens the store for a command. */
export async function operate(options: { readonly environment: Environment }): Promise<Operator> {
  const engine = await openEngine(options.environment.store, { role: "operator", clock: Date.now });
  return { engine, close: () => engine.close() };
}

/** What sources have learned, opened beside a gateway. */
export function openLearned(engine: Engine, { store }: Pick<Environment, "store">): LearnedStore {
  return learnedSecrets(engine, sealKeySource(secretReader(), store), Date.now);
}

/** The same to look at, where nothing can be written. */
export function viewLearned(engine: Reading, { store }: Pick<Environment, "store">): LearnedView {
  return learnedView(engine, sealKeySource(secretReader(), store));
}

/** What became of a kept request that was to be released. */
export type Release =
  | { readonly kind: "released" | "duplicate"; readonly eventIds: readonly string[] }
  | { readonly kind: "still-rejected"; readonly code: RejectionCode; readonly detail: string }
  /** What would be answered now, and is no event. */
  | { readonly kind: "handshake" }
  | { readonly kind: "not-rejected" };

const newId = idMaker();

/** One for all releases of a command: a certificate is the same for each. */
const ownKeys = new KeyFetcher({ now: Date.now, secret: (ref) => secretReader()(ref) });

/**
 * Verifies a rejected request's kept bytes again, as of its arrival, with the secrets of now, and
 * accepts it when it passes. `dryRun` keeps the store as it is. Throws NOT_FOUND or KEYS_UNAVAILABLE.
 */
export async function releaseRequest(
  engine: Engine,
  gateway: Gateway,
  options: {
    readonly requestId: string;
    readonly dryRun?: boolean;
    readonly keys?: Pick<KeyFetcher, "fetch">;
    /** What sources have learned; nothing where it isn't given. */
    readonly learned?: Pick<LearnedView, "of">;
    /** In place of the environment's. */
    readonly read?: SecretReader;
  },
): Promise<Release> {
  const kept = await engine.request(options.requestId);
  const body = await engine.body(options.requestId);
  if (kept === undefined || body === undefined) {
    throw new GatewayError("NOT_FOUND", `There is no request ${options.requestId}.`);
  }
  if (kept.outcome !== "rejected") return { kind: "not-rejected" };
  const source = sourceOfKept(gateway, kept);
  const request: Request = { ...kept, source: source.name, body };
  const { read = secretReader() } = options;
  const secrets = [
    ...(sourceSecrets(read, Date.now)(source, request.params) ?? []),
    ...(source.learns ? ((await options.learned?.of(source)) ?? []) : []),
  ];
  const { publicUrl } = gateway;
  const proof: Proof = { secrets, now: request.receivedAt, publicUrl, secret: read };
  const asks = asksOf(receive(request, source), proof);
  const material =
    asks.length === 0
      ? {}
      : { material: await (options.keys ?? ownKeys).fetch(asks, request.remoteAddress) };
  const judged = judge(request, source, {
    proof: { ...proof, ...material },
    routes: gateway.routes,
    checks: await openChecks([source]),
    decode: bytesOfEvents,
  });
  if (judged.kind === "rejected") {
    return { kind: "still-rejected", code: judged.code, detail: judged.detail };
  }
  if (judged.kind === "no-handshake") return { ...unproven, kind: "still-rejected" };
  if (judged.kind === "handshake") return { kind: "handshake" };
  const acceptance = acceptanceOf(judged.routed, newId);
  if (options.dryRun) return { kind: "released", eventIds: [] };
  const accepted = await engine.release(acceptance);
  if (accepted === undefined) return { kind: "not-rejected" };
  const isNew = accepted.events.some(({ kind }) => kind === "stored");
  return {
    kind: isNew ? "released" : "duplicate",
    eventIds: accepted.events.map(({ id }) => id),
  };
}

/** Of the sources of its path, the one that its headers pick today; else the one it was kept for. */
export function sourceOfKept(gateway: Gateway, kept: Omit<Request, "body">): Source {
  const named = gateway.sources.find(({ name }) => name === kept.source);
  if (named === undefined) {
    throw new GatewayError(
      "NOT_FOUND",
      `The config has no source "${kept.source}" any more; request ${kept.id} was kept for it.`,
    );
  }
  const sharing = gateway.sources.filter(({ path }) => path.text === named.path.text);
  return pickSource(sharing, kept.headers, kept.query) ?? named;
}

/** Whether a kept event fits its source's schemas of today. Throws CONFIG_INVALID for a schema that can't be used. */
export async function judgeAgain(
  engine: Engine,
  gateway: Gateway,
): Promise<(event: Event) => Promise<boolean>> {
  const checks = await openChecks(gateway.sources);
  return async (event) => {
    const source = gateway.sources.find(({ name }) => name === event.source);
    const request = await engine.request(event.requestId);
    const body = await engine.body(event.requestId);
    if (source === undefined || request === undefined || body === undefined) return false;
    const own = checks.get(source.name);
    const decoded = bytesOfEvents({ ...request, body }, source);
    return own === undefined || misfitOf(event, own, { decoded, body }) === undefined;
  };
}

/** The destinations that today's routes name for an event. */
export function destinationsOf(gateway: Gateway, event: Event): readonly string[] {
  return destinationsFor(gateway.routes, event.source, event.type);
}
