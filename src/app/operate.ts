/** What a person does with a store, beside the gateway that runs. */
import { acceptanceOf } from "../core/accept.ts";
import type { Engine } from "../core/engine.ts";
import { GatewayError } from "../core/errors.ts";
import { judge } from "../core/flow.ts";
import { pickSource } from "../core/receive.ts";
import { destinationsFor } from "../core/route.ts";
import type { Gateway, Source } from "../core/settings.ts";
import type { Event, RejectionCode, Request } from "../core/types.ts";
import { decodeBody } from "../http/body.ts";
import type { Environment } from "./config.ts";
import { secretReader } from "./config.ts";
import { idMaker } from "./ids.ts";
import { openEngine } from "./open-engine.ts";
import { sourceSecrets } from "./secrets.ts";

/** A store opened beside a running gateway, or without one. */
export type Operator = { readonly engine: Engine; readonly close: () => Promise<void> };

/** Opens the store for a command. */
export async function operate(options: { readonly environment: Environment }): Promise<Operator> {
  const engine = await openEngine(options.environment.store, { role: "operator", clock: Date.now });
  return { engine, close: () => engine.close() };
}

/** What became of a kept request that was to be released. */
export type Release =
  | { readonly kind: "released" | "duplicate"; readonly eventIds: readonly string[] }
  | { readonly kind: "still-rejected"; readonly code: RejectionCode; readonly detail: string }
  | { readonly kind: "not-rejected" };

const newId = idMaker();

/**
 * Verifies a rejected request's kept bytes again, as of its arrival, with the secrets of now, and
 * accepts it when it passes. `dryRun` keeps the store as it is. Throws NOT_FOUND.
 */
export async function releaseRequest(
  engine: Engine,
  gateway: Gateway,
  options: { readonly requestId: string; readonly dryRun?: boolean },
): Promise<Release> {
  const kept = await engine.request(options.requestId);
  const body = await engine.body(options.requestId);
  if (kept === undefined || body === undefined) {
    throw new GatewayError("NOT_FOUND", `There is no request ${options.requestId}.`);
  }
  if (kept.outcome !== "rejected") return { kind: "not-rejected" };
  const source = sourceOfKept(gateway, kept);
  const request: Request = { ...kept, source: source.name, body };
  const judged = judgeAgain(gateway, source, request);
  if (judged.kind === "rejected") {
    return { kind: "still-rejected", code: judged.code, detail: judged.detail };
  }
  if (judged.kind === "handshake") return { kind: "not-rejected" };
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

function judgeAgain(gateway: Gateway, source: Source, request: Request) {
  const secrets = sourceSecrets(secretReader(), Date.now)(source, request.params) ?? [];
  return judge(request, source, {
    proof: { secrets, now: request.receivedAt, publicUrl: gateway.publicUrl },
    routes: gateway.routes,
    decode: (one, { provider, maxBodyBytes }) =>
      provider.decodes ? decodeBody(one, maxBodyBytes) : one.body,
  });
}

/** Of the sources of its path, the one that its headers pick today; else the one it was kept for. */
function sourceOfKept(gateway: Gateway, kept: Omit<Request, "body">): Source {
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

/** The destinations that today's routes name for an event. */
export function destinationsOf(gateway: Gateway, event: Event): readonly string[] {
  return destinationsFor(gateway.routes, event.source, event.type);
}
