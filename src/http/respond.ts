/**
 * Answers by a source's module. The event is kept by then; the module has what is left of the sender's
 * deadline, and its answer (or the fallback's) is kept for duplicates before it is sent.
 *
 *   a duplicate of one that was answered        gets that answer
 *   a duplicate of one that is being answered   waits for that answer, which comes within the first's time
 *   a duplicate of one that was never answered  (a crash came between) has the module asked for it
 */
import { eventOf } from "../core/accept.ts";
import type { Accepted, AcceptedEvent, Engine } from "../core/engine.ts";
import { messageOf } from "../core/errors.ts";
import type { Log } from "../core/log.ts";
import type { Responded, Responder } from "../core/respond.ts";
import type { Routed, RoutedEvent } from "../core/route.ts";
import type { Answer, Parcel } from "../core/types.ts";

/** What a request is answered by its source's module; undefined where the module has nothing to say of it. */
export type RespondTo = (routed: Routed, accepted: Accepted) => Promise<Answer> | undefined;

/** What answering needs. */
export type RespondParts = {
  readonly engine: Pick<Engine, "answer" | "event">;
  /** By their sources' names. */
  readonly responders: ReadonlyMap<string, Responder>;
  /** What any source answers. */
  readonly usual: (routed: Routed, accepted: Accepted) => Answer;
  readonly clock: () => number;
  readonly log: Log;
};

type Asked = {
  readonly routed: Routed;
  readonly accepted: Accepted;
  readonly event: RoutedEvent;
  readonly kept: AcceptedEvent;
};

/** Makes it. */
export function respondBy(parts: RespondParts): RespondTo {
  /** By the events' ids, which duplicates share. */
  const underWay = new Map<string, Promise<Answer>>();
  return (routed, accepted) => {
    const [event] = routed.events;
    const [kept] = accepted.events;
    if (event === undefined || kept === undefined) return undefined;
    if (accepted.answer !== undefined || kept.validity === "invalid") return undefined;
    const known = underWay.get(kept.id);
    if (known !== undefined) return known;
    const answering = answerFor(parts, { routed, accepted, event, kept });
    underWay.set(kept.id, answering);
    // After those duplicates that were looked up before the answer was kept, and haven't asked yet.
    void answering.finally(() => setImmediate(() => underWay.delete(kept.id)));
    return answering;
  };
}

async function answerFor(parts: RespondParts, asked: Asked): Promise<Answer> {
  const { routed, accepted, kept } = asked;
  const { source } = routed;
  const responded = await ask(parts, asked);
  if (responded.kind === "none") {
    parts.log.warn(
      { source: source.name, event: kept.id, why: responded.why },
      "the source's module gave no answer; the fallback is sent",
    );
  }
  const answer =
    responded.kind === "answered"
      ? responded.answer
      : (source.respond?.fallback ?? parts.usual(routed, accepted));
  return keep(parts, asked, answer);
}

/** Within the deadline, whatever the module does. */
async function ask(parts: RespondParts, asked: Asked): Promise<Responded> {
  const { source, request } = asked.routed;
  const responder = parts.responders.get(source.name);
  const leftMs = request.receivedAt + (source.respond?.withinMs ?? 0) - parts.clock();
  if (responder === undefined || leftMs <= 0) return { kind: "none", why: "late" };
  const late = Promise.withResolvers<Responded>();
  const stop = new AbortController();
  const timer = setTimeout(() => {
    late.resolve({ kind: "none", why: "late" });
    stop.abort(new DOMException("the sender's deadline is near", "TimeoutError"));
  }, leftMs);
  try {
    return await Promise.race([responder.ask(parcelOf(asked), stop.signal), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function parcelOf({ routed, event, kept }: Asked): Parcel {
  const { body, headers, method, query } = routed.request;
  return {
    deliveryId: `${kept.id}.respond`,
    attempt: 1,
    event: eventOf(routed, event, kept.id),
    body: body.subarray(event.start, event.end),
    headers,
    method,
    query,
  };
}

/** The answer that is kept: another's, where that was faster. What can't be kept is sent all the same. */
async function keep(
  { engine, log }: RespondParts,
  { routed, kept }: Asked,
  answer: Answer,
): Promise<Answer> {
  try {
    const isFirst = kept.kind === "stored";
    const requestId = isFirst ? routed.request.id : (await engine.event(kept.id))?.requestId;
    return requestId === undefined ? answer : await engine.answer(requestId, answer);
  } catch (error) {
    const fields = { source: routed.source.name, event: kept.id, error: messageOf(error) };
    log.error(fields, "an answer could not be kept; a duplicate may get another");
    return answer;
  }
}
