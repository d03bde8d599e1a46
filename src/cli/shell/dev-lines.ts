/**
 * What `surehook dev` prints of what arrives: a line for each request, with what its destinations made of the
 * event, and below it what was wrong. It reads the store beside the gateway, as the other commands do.
 */
import { setTimeout as wait } from "node:timers/promises";
import { viewLearned } from "../../app/operate.ts";
import type { Diagnosis } from "../../core/diagnose/cause.ts";
import type { Engine, KeptRequest } from "../../core/engine.ts";
import { errors } from "../../core/errors.ts";
import { isFinal } from "../../core/lifecycle.ts";
import type { Gateway } from "../../core/settings.ts";
import type { Delivery, Event } from "../../core/types.ts";
import { diagnosisLines, diagnosisOf } from "./diagnosis.ts";
import { counted, printable } from "./printable.ts";
import type { Shell } from "./shell.ts";
import type { Tone } from "./terminal.ts";
import { localTime } from "./time.ts";

const lookMs = 250;
/** An event's line waits so long for the first attempts of its deliveries; what comes later has a line of its own. */
const patienceMs = 1_500;
/** A request is stored at most so long after it arrived: its body may come slowly. */
const windowMs = 120_000;
/** Requests that one look tells; nobody reads more, and looking them all up would slow the gateway down. */
const mostTold = 25;
const pageRows = 200;
/** What belongs to a line stands below it, behind the time's column. */
const indent = " ".repeat(9);

/** What is followed. */
export type Following = {
  readonly engine: Engine;
  /** The config of now. */
  readonly gateway: () => Gateway;
  /** What arrived before isn't told: when the gateway was started, or what came while the store was opened beside it would be lost. */
  readonly startedAt: number;
  readonly signal: AbortSignal;
};

type Shown = { readonly event: Event; readonly request: KeptRequest; readonly seenAt: number };

type Memory = {
  /** Requests told or waiting to be, with their arrival. */
  readonly seen: Map<string, number>;
  /** Events whose line waits for first attempts. */
  readonly waiting: Map<string, Shown>;
  /** Deliveries of events that were told and aren't final: attempts that were told. */
  readonly open: Map<string, number>;
};

/** Prints what arrives, until the signal. */
export async function followRequests(shell: Shell, following: Following): Promise<void> {
  const memory: Memory = { seen: new Map(), waiting: new Map(), open: new Map() };
  while (!following.signal.aborted) {
    await wait(lookMs, undefined, { signal: following.signal }).catch(() => undefined);
    shell.print(...(await look(following, memory, shell)));
  }
}

type Looking = Following & { readonly shell: Shell; readonly memory: Memory };

async function look(following: Following, memory: Memory, shell: Shell): Promise<string[]> {
  const looking = { ...following, shell, memory };
  const since = Math.max(following.startedAt, Date.now() - windowMs);
  const lines: string[] = [];
  const fresh = await freshRequests(following.engine, memory.seen, since);
  for (const request of fresh.slice(0, mostTold)) {
    lines.push(...(await requestLines(looking, request)));
  }
  const rest = fresh.length - mostTold;
  if (rest > 0)
    lines.push(`… and ${counted(rest, "request")} more: see \`surehook requests list\`.`);
  for (const shown of memory.waiting.values()) lines.push(...(await waitedLines(looking, shown)));
  lines.push(...(await laterLines(shell, following.engine, memory)));
  return lines;
}

/** What can be said of a request at once; its events wait for their deliveries. */
async function requestLines(
  { engine, gateway, shell, memory }: Looking,
  request: KeptRequest,
): Promise<readonly string[]> {
  const { outcome, code, eventIds } = request;
  if (outcome === "rejected") {
    const source = gateway().sources.find(({ name }) => name === request.source);
    const status = source?.provider.rejectStatus ?? errors[code ?? "INTERNAL"].status;
    const body = (await engine.body(request.id)) ?? Buffer.alloc(0);
    const learned = () => viewLearned(engine, shell.environment);
    const diagnosis = await diagnosisOf(gateway(), { kept: request, body }, { learned });
    return rejectedLines(shell, request, { status, diagnosis });
  }
  if (outcome === "duplicate" || outcome === "conflict") return [repeatLine(shell, request)];
  for (const id of eventIds) {
    const event = await engine.event(id);
    if (event !== undefined) memory.waiting.set(id, { event, request, seenAt: Date.now() });
  }
  return [];
}

/** An event's line, once each of its deliveries had its turn, or it has waited long enough. */
async function waitedLines(
  { engine, gateway, shell, memory }: Looking,
  shown: Shown,
): Promise<readonly string[]> {
  const { items: deliveries } = await engine.deliveries(
    { eventId: shown.event.id },
    { limit: pageRows },
  );
  const isDone = deliveries.every(hasEnded) || Date.now() - shown.seenAt > patienceMs;
  if (!isDone) return [];
  memory.waiting.delete(shown.event.id);
  for (const { id, state, attempts } of deliveries) {
    if (!isFinal(state)) memory.open.set(id, attempts);
  }
  return eventLines(shell, shown, { deliveries, gateway: gateway() });
}

/** Requests not seen before, oldest first. */
async function freshRequests(
  engine: Engine,
  seen: Map<string, number>,
  since: number,
): Promise<KeptRequest[]> {
  const fresh: KeptRequest[] = [];
  let cursor: string | undefined;
  do {
    const page = await engine.requests(
      { since },
      { limit: pageRows, ...(cursor ? { cursor } : {}) },
    );
    const unseen = page.items.filter(({ id }) => !seen.has(id));
    for (const { id, receivedAt } of unseen) seen.set(id, receivedAt);
    fresh.push(...unseen);
    cursor = unseen.length === 0 ? undefined : page.next;
  } while (cursor !== undefined);
  for (const [id, receivedAt] of seen) if (receivedAt < since) seen.delete(id);
  return fresh.reverse();
}

/** Whether a delivery had its first attempt, or has to wait for one. */
function hasEnded({ state, attempts, held }: Delivery): boolean {
  return isFinal(state) || held !== undefined || (state === "ready" && attempts > 0);
}

/** Attempts of events whose line is printed already. */
async function laterLines(shell: Shell, engine: Engine, { open }: Memory): Promise<string[]> {
  const lines: string[] = [];
  for (const [id, told] of open) {
    const delivery = await engine.delivery(id);
    if (delivery === undefined || isFinal(delivery.state)) open.delete(id);
    if (delivery === undefined || delivery.state === "leased") continue;
    if (!isFinal(delivery.state) && delivery.attempts === told) continue;
    if (open.has(id)) open.set(id, delivery.attempts);
    const tries = delivery.attempts > 1 ? ` (try ${delivery.attempts})` : "";
    const at = clock(shell, delivery.settledAt ?? Date.now());
    lines.push(`${at} ${delivery.eventId} ${resultOf(shell, delivery)}${tries}`);
  }
  return lines;
}

function eventLines(
  shell: Shell,
  { event, request }: Shown,
  { deliveries, gateway }: { readonly deliveries: readonly Delivery[]; readonly gateway: Gateway },
): string[] {
  const { paint } = shell.terminal;
  const source = gateway.sources.find(({ name }) => name === event.source);
  const status = source?.provider.acceptAnswer?.status ?? 200;
  const isInvalid = event.validity === "invalid";
  const answer = paint(isInvalid ? "warn" : "good", `${status}${isInvalid ? " invalid" : ""}`);
  const results = deliveries.map((one) => resultOf(shell, one));
  const nowhere = isInvalid ? "goes nowhere" : "no route leads it anywhere";
  const facts = [printable(event.source), paint("strong", printable(event.type)), event.id, answer];
  const end = results.length === 0 ? paint("faint", nowhere) : results.join(", ");
  const why = isInvalid && request.code !== undefined ? [reasonLine(request)] : [];
  return [`${clock(shell, event.receivedAt)} ${facts.join(" ")} ${end}`, ...why];
}

/** Below the reason stands what was found to cause it, else what such a reason asks for. */
function rejectedLines(
  shell: Shell,
  request: KeptRequest,
  { status, diagnosis }: { readonly status: number; readonly diagnosis: Diagnosis | undefined },
): string[] {
  const { paint } = shell.terminal;
  const facts = [printable(request.source), paint("bad", String(status)), request.id];
  const found = diagnosis === undefined ? [] : diagnosisLines(diagnosis, shell.terminal);
  const remedy = request.code === undefined ? [] : [errors[request.code].remedy];
  const below = (found.length > 0 ? found : remedy).map((line) => `${indent}${line}`);
  return [`${clock(shell, request.receivedAt)} ${facts.join(" ")}`, reasonLine(request), ...below];
}

function reasonLine({ code, detail = "" }: KeptRequest): string {
  return `${indent}${code}: ${printable(detail)}`;
}

function repeatLine(shell: Shell, request: KeptRequest): string {
  const { paint } = shell.terminal;
  const what =
    request.outcome === "conflict"
      ? "came again with another body: kept, not delivered"
      : "came again: not delivered again";
  const facts = [printable(request.source), request.eventIds.join(", "), paint("warn", what)];
  return `${clock(shell, request.receivedAt)} ${facts.join(" ")}`;
}

const tones: Partial<Record<Delivery["state"], Tone>> = { delivered: "good", dead: "bad" };

function resultOf({ terminal }: Shell, delivery: Delivery): string {
  const { destination, state, reason, held, attempts, dueAt } = delivery;
  const isAgain = state === "ready" && attempts > 0;
  const what = isAgain ? `failed, again at ${timeOf(dueAt)}` : held === undefined ? state : "held";
  const why = held ?? reason;
  const painted = terminal.paint(tones[state] ?? "warn", what);
  return `→ ${printable(destination)} ${painted}${why === undefined ? "" : ` (${printable(why)})`}`;
}

function clock({ terminal }: Shell, ms: number): string {
  return terminal.paint("faint", timeOf(ms));
}

/** Local time of day; the day and offset are known to who watches. */
function timeOf(ms: number): string {
  return localTime(ms).slice(11, 19);
}
