/** What `events show` prints. */
import { readEventBytes } from "../../app/event-bytes.ts";
import type { LoadedConfig } from "../../app/load-config.ts";
import type { KeptRequest, Reading } from "../../core/engine.ts";
import type { Attempt, Delivery, Event } from "../../core/types.ts";
import { attemptTable } from "./attempts.ts";
import { jsonBody, shownBody } from "./body-text.ts";
import { headerLines } from "./headers.ts";
import { marksOf, masked } from "./masking.ts";
import type { ShowOptions } from "./options.ts";
import { paramsText, size } from "./printable.ts";
import type { Shell } from "./shell.ts";
import { facts } from "./table.ts";

/** Deliveries that are shown of one event. */
const mostDeliveries = 100;

type Shown = {
  readonly event: Event;
  readonly request: KeptRequest | undefined;
  readonly body: Buffer;
  readonly deliveries: readonly (Delivery & { readonly tries: readonly Attempt[] })[];
};

/** Prints all that is kept of an event. */
export async function showEvent(
  shell: Shell,
  what: {
    readonly engine: Reading;
    readonly event: Event;
    readonly config: LoadedConfig | undefined;
    readonly options: ShowOptions;
  },
): Promise<undefined> {
  const { engine, event, config, options } = what;
  const kept = await engine.request(event.requestId);
  const marks = marksOf(config, event.source);
  const shown: Shown = {
    event,
    request: kept && (options.reveal ? kept : masked(kept, marks)),
    body: await readEventBytes(engine, event),
    deliveries: await deliveriesOf(engine, event.id),
  };
  if (options.json) shell.json(eventJson(shown));
  else shell.print(...eventLines(shell, shown));
  return undefined;
}

async function deliveriesOf(engine: Reading, eventId: string): Promise<Shown["deliveries"]> {
  const { items } = await engine.deliveries({ eventId }, { limit: mostDeliveries });
  return Promise.all(
    items.map(async (delivery) => ({ ...delivery, tries: await engine.attempts(delivery.id) })),
  );
}

function eventJson({ event, request, body, deliveries }: Shown): object {
  return {
    event,
    request,
    ...jsonBody(body),
    deliveries: deliveries.map(({ tries, ...delivery }) => delivery),
    attempts: deliveries.flatMap(({ tries }) => tries),
  };
}

function eventLines(shell: Shell, { event, request, body, deliveries }: Shown): string[] {
  const { terminal } = shell;
  const title = (text: string): string => terminal.paint("strong", text);
  const lines = [
    title("Event"),
    facts(eventFacts(shell, event), terminal),
    ...(request === undefined ? [] : ["", title("Request"), ...requestLines(shell, request)]),
    "",
    title(`Body (${size(body.length)})`),
    shownBody(body, terminal.columns),
    "",
    title("Deliveries"),
  ];
  if (deliveries.length === 0) {
    return [...lines, "None. Make one: surehook replay <id> --to <destination>"];
  }
  const parts = deliveries.map((delivery) =>
    [facts(deliveryFacts(shell, delivery), terminal), ...tryLines(shell, delivery.tries)].join(
      "\n",
    ),
  );
  return [...lines, parts.join("\n\n")];
}

function tryLines(shell: Shell, tries: readonly Attempt[]): string[] {
  if (tries.length === 0) return [];
  const lines = [attemptTable(shell, tries)];
  return shell.terminal.isNarrow ? ["", ...lines] : lines;
}

function eventFacts(
  shell: Shell,
  event: Event,
): readonly (readonly [string, string | undefined])[] {
  return [
    ["id", event.id],
    ["source", event.source],
    ["provider", event.provider],
    ["type", event.type],
    ["sender's id", event.providerEventId],
    ["happened", shell.exactly(event.occurredAt)],
    ["received", shell.exactly(event.receivedAt)],
    ["proof", proofOf(event)],
    ["validity", event.validity],
    ["parameters", paramsText(event.params)],
  ];
}

function proofOf({ assurance, secretName }: Event): string {
  return secretName === undefined ? assurance : `${assurance} with ${secretName}`;
}

/** The facts of a request with its headers. */
export function requestLines(shell: Shell, request: KeptRequest): string[] {
  const { method, path, query, code, detail } = request;
  const entries: [string, string | undefined][] = [
    ["id", request.id],
    ["source", request.source],
    ["received", shell.exactly(request.receivedAt)],
    ["from", request.remoteAddress],
    ["asked", `${method} ${path}${query === "" ? "" : `?${query}`}`],
    ["parameters", paramsText(request.params)],
    ["outcome", request.outcome],
    ["reason", code === undefined ? undefined : `${code}: ${detail ?? ""}`],
    ["proof", request.assurance],
    ["body", size(request.bodyBytes)],
    ["events", request.eventIds.length === 0 ? undefined : request.eventIds.join(", ")],
  ];
  return [
    facts(entries, shell.terminal),
    "headers",
    ...headerLines(request.headers, shell.terminal.columns),
  ];
}

/** The facts of a delivery. */
export function deliveryFacts(
  shell: Shell,
  delivery: Delivery,
): readonly (readonly [string, string | undefined])[] {
  const isWaiting = delivery.state === "ready";
  return [
    ["id", delivery.id],
    ["event", delivery.eventId],
    ["destination", delivery.destination],
    ["state", delivery.state],
    ["held", delivery.held],
    ["reason", delivery.reason],
    ["origin", delivery.origin],
    ["attempts", String(delivery.attempts)],
    ["made", shell.exactly(delivery.createdAt)],
    ["due", isWaiting ? shell.exactly(delivery.dueAt) : undefined],
    ["first attempt", shell.exactly(delivery.firstAttemptAt)],
    ["settled", shell.exactly(delivery.settledAt)],
    ["lane", delivery.laneKey],
  ];
}
