import type { AnyGateway } from "../../core/define.ts";
import { deliver } from "../../core/deliver.ts";
import type { Claim, Settlement } from "../../core/engine.ts";
import { messageOf } from "../../core/errors.ts";
import type { Forming } from "../../core/form.ts";
import type { Log } from "../../core/log.ts";
import type { DeliveryRef, NamedClaim, PushedEngine } from "../../core/pushed-engine.ts";
import type { QueueText } from "../../net/aws/wake.ts";
import { decode } from "../worker.ts";
import { optionalVariable } from "./environment.ts";
import type { Invocation, QueueAnswer, QueueEvent } from "./events.ts";
import { inlineForming } from "./inline-forming.ts";
import { functionLog } from "./log.ts";
import { type Destinations, destinationsOf, withResources } from "./open-destinations.ts";
import { refsIn, wakeText } from "./refs.ts";
import { early, judged, onAws, openSecrets, type Surroundings } from "./surroundings.ts";

/** Kept back for settling, after the last moment of an attempt: a quarter of a short time. */
const settleMs = 3_000;
const settleShare = 4;
/** SQS puts off at most so long; what is due later the sweep brings back. */
const queueDelayMs = 900_000;
/** How soon an attempt that was interrupted comes again. */
const againMs = 1_000;

type Context = {
  readonly engine: PushedEngine;
  readonly destinations: Destinations;
  readonly forming: Forming | undefined;
  readonly log: Log;
  readonly tell: Surroundings["tell"];
  /** Whether a failed attempt is a failed receive: after three of them the queue gives up. */
  readonly isByQueue: boolean;
};

/** When the function ends, and when attempts do so that they can be settled. */
type Ends = { readonly at: number; readonly attemptsAt: number };

/** Delivers what the queue brings: each delivery is leased by its name, attempted once, and settled. */
export function consumer(
  definition: AnyGateway,
  on: Surroundings = onAws(),
): (event: QueueEvent, invocation: Invocation) => Promise<QueueAnswer> {
  const log = on.log ?? functionLog();
  const opened = early(() => open(definition, { log, on }));
  return async ({ Records }, invocation) => {
    const remainingMs = invocation.getRemainingTimeInMillis();
    const ends: Ends = {
      at: Date.now() + remainingMs,
      attemptsAt: Date.now() + remainingMs - Math.min(settleMs, remainingMs / settleShare),
    };
    const context = await opened();
    const failed = await Promise.all(
      Records.map(async ({ messageId, body }) => {
        const found = await Promise.all(refsIn(body).map((ref) => consume(context, ref, ends)));
        return found.includes("failed") ? [{ itemIdentifier: messageId }] : [];
      }),
    );
    return { batchItemFailures: failed.flat() };
  };
}

async function open(
  definition: AnyGateway,
  { log, on }: { readonly log: Log; readonly on: Surroundings },
): Promise<Context> {
  const gateway = judged(await withResources(definition));
  const secrets = openSecrets(on);
  const [engine] = await Promise.all([on.openStore(gateway), secrets.refresh()]);
  return {
    engine,
    destinations: destinationsOf({ gateway, engine, secrets, log, ...on }),
    forming: inlineForming(gateway, log),
    log,
    tell: on.tell,
    isByQueue: optionalVariable("SUREHOOK_RETRIES") === "queue",
  };
}

/** A fault of ours fails the receive; what became of an attempt is in the store. */
async function consume(context: Context, ref: DeliveryRef, ends: Ends): Promise<"done" | "failed"> {
  try {
    // Nobody else is at it while the function may still be.
    const leaseMs = Math.max(1, ends.at - Date.now());
    const named = await context.engine.claimNamed(ref, { leaseMs });
    if (named.kind !== "claimed") return await passOn(context, ref, named);
    return await attempt(context, ref, { claim: named.claim, ends });
  } catch (error) {
    context.log.error(
      { delivery: ref.deliveryId, error: messageOf(error) },
      "could not deliver; the queue brings it again",
    );
    return "failed";
  }
}

async function passOn(
  context: Context,
  ref: DeliveryRef,
  named: Exclude<NamedClaim, { readonly kind: "claimed" }>,
): Promise<"done"> {
  if (named.kind === "final" && named.state === "dead" && !named.isArchived) {
    await tellDead(context, ref);
  }
  const waitMs = named.kind === "later" ? (named.at ?? Number.POSITIVE_INFINITY) - Date.now() : 0;
  if (named.kind === "later" && waitMs <= queueDelayMs) {
    await context.tell("due", [wakeText(ref, waitMs)]);
  }
  if (named.kind === "unknown") context.log.warn({ delivery: ref.deliveryId }, "not kept any more");
  return "done";
}

async function attempt(
  context: Context,
  ref: DeliveryRef,
  { claim, ends }: { readonly claim: Claim; readonly ends: Ends },
): Promise<"done" | "failed"> {
  const settlement = await settlementOf(context, claim, ends);
  const { transition, outcome } = settlement;
  const fields = {
    destination: claim.destination,
    delivery: claim.deliveryId,
    attempt: claim.attempt,
  };
  if (outcome.kind === "failed") {
    const { code, status } = outcome;
    // Not its detail, which may hold words of the destination's: the payload, a signature. `deliveries` shows it.
    context.log.warn({ ...fields, code, status, next: transition.state }, "attempt failed");
  }
  if ((await context.engine.settle(settlement)) === "lost") {
    context.log.warn(fields, "attempt not recorded: the lease had passed on");
    return "done";
  }
  if (transition.state === "dead") await tellDead(context, ref);
  if (transition.state !== "ready") return "done";
  if (context.isByQueue && outcome.kind === "failed") return "failed";
  await comeAgain(context, ref, settlement);
  return "done";
}

async function settlementOf(context: Context, claim: Claim, ends: Ends): Promise<Settlement> {
  const { destinations, forming } = context;
  const startedAt = Date.now();
  const found = await destinations(claim.destination).catch((error: unknown) => messageOf(error));
  if (found === undefined || typeof found === "string") {
    const reason = found ?? `the config has no destination ${claim.destination} any more`;
    const outcome = { kind: "interrupted", reason } as const;
    context.log.error({ delivery: claim.deliveryId, reason }, "could not be attempted");
    return { claim, transition: { state: "ready" }, outcome, startedAt, endedAt: Date.now() };
  }
  const { open, destination } = found;
  const { retry, timeoutMs } = destination.pacing;
  const waitMs = Math.max(0, Math.min(timeoutMs, ends.attemptsAt - startedAt));
  const signal = AbortSignal.timeout(waitMs);
  const clock = { now: Date.now, random: Math.random };
  const settlement = await deliver(claim, { open, retry, signal, ...clock, decode, forming });
  return context.isByQueue ? leftToQueue(settlement) : settlement;
}

/** Whether and when it is tried again is the queue's to say, unless trying is of no use. */
function leftToQueue(settlement: Settlement): Settlement {
  const { outcome, endedAt } = settlement;
  if (outcome.kind !== "failed" || outcome.permanent) return settlement;
  const reason = `${outcome.code}: ${outcome.detail}`;
  return { ...settlement, transition: { state: "ready", dueAt: endedAt, reason } };
}

/** What can't be told to the queue now the sweep finds. */
async function comeAgain(
  context: Context,
  ref: DeliveryRef,
  { transition, outcome, endedAt }: Settlement,
): Promise<void> {
  const dueAt = outcome.kind === "interrupted" ? endedAt + againMs : transition.dueAt;
  const waitMs = (dueAt ?? endedAt) - Date.now();
  if (waitMs > queueDelayMs) return;
  await tell(context, "due", wakeText(ref, waitMs));
}

function tellDead(context: Context, ref: DeliveryRef): Promise<void> {
  return tell(context, "dead", wakeText(ref));
}

async function tell(context: Context, queue: "due" | "dead", text: QueueText): Promise<void> {
  await context.tell(queue, [text]).catch((error: unknown) => {
    context.log.warn(
      { error: messageOf(error) },
      "the queue could not be told; the sweep finds it",
    );
  });
}
