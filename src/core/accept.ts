import type { Acceptance, Accepted, AcceptedEvent, Engine, NewEvent, Note } from "./engine.ts";
import type { Routed, RoutedEvent } from "./route.ts";
import type { Answer, Event } from "./types.ts";

/** Makes an id, unique and rising with time. */
export type NewId = () => string;

/** What the engine is to keep of a routed request. */
export function acceptanceOf(routed: Routed, newId: NewId): Acceptance {
  const note = noteOf(routed);
  return {
    ...(note === undefined ? {} : { note }),
    request: routed.request,
    assurance: routed.assurance,
    // The first event goes by its request's id: for most requests, one id and one look-up less to keep.
    events: routed.events.map((event, index) =>
      newEvent(routed, event, index === 0 ? routed.request.id : newId()),
    ),
    answer: undefined,
  };
}

/** Why the first event that doesn't fit its schema doesn't; of a batch, which one that is. */
function noteOf({ events }: Routed): Note | undefined {
  const at = events.findIndex(({ misfit }) => misfit !== undefined);
  // An index of -1 would be looked up as a name, which costs more than the search.
  const misfit = at < 0 ? undefined : events[at]?.misfit;
  if (misfit === undefined) return undefined;
  const place = events.length === 1 ? "" : `event ${at + 1} of ${events.length}: `;
  return { code: "VALIDATION_ERROR", detail: `${place}${misfit.detail}` };
}

/** Stage 6: keeps request, events, dedupe keys and deliveries in one transaction; resolves when it is on disk. */
export function accept(engine: Engine, routed: Routed, newId: NewId): Promise<Accepted> {
  return engine.accept(acceptanceOf(routed, newId));
}

/** What the sender is answered: the same for the first and for every duplicate. */
export function answerOf(routed: Routed, accepted: Accepted): Answer {
  return accepted.answer ?? routed.source.provider.acceptAnswer ?? standardAnswer(accepted.events);
}

function standardAnswer(events: readonly AcceptedEvent[]): Answer {
  const [only] = events;
  if (only !== undefined && events.length === 1) {
    return { status: 200, body: answerBody(only), contentType: "application/json" };
  }
  const list = events.map(({ id, providerEventId, validity }) => ({
    eventId: providerEventId ?? id,
    jobId: id,
    ...(validity === "invalid" ? { error: misfitText } : {}),
  }));
  return {
    status: 200,
    body: JSON.stringify({ received: true, events: list }),
    contentType: "application/json",
  };
}

const misfitText = "Validation failed, event ignored";

function answerBody({ id, providerEventId, validity }: AcceptedEvent): string {
  if (validity === "invalid") {
    return `{"received":true,"error":"${misfitText}"}`;
  }
  return `{"received":true,"eventId":${JSON.stringify(providerEventId ?? id)},"jobId":"${id}"}`;
}

/** An event of a routed request, by the id that it has got. */
export function eventOf(routed: Routed, event: RoutedEvent, id: string): Event {
  const { request, source } = routed;
  return {
    id,
    requestId: request.id,
    source: source.name,
    provider: source.provider.name,
    type: event.type,
    providerEventId: event.providerEventId,
    occurredAt: event.occurredAt,
    receivedAt: request.receivedAt,
    assurance: routed.assurance,
    secretName: routed.secretName,
    validity: event.validity,
    params: request.params,
    start: event.start,
    end: event.end,
    inDecoded: event.inDecoded,
  };
}

function newEvent(routed: Routed, event: RoutedEvent, id: string): NewEvent {
  return {
    event: eventOf(routed, event, id),
    dedupe: event.dedupe && {
      key: event.dedupe.key,
      expiresAt: routed.request.receivedAt + event.dedupe.lastsMs,
    },
    deliveries: event.deliveries,
  };
}
