import type { IncomingMessage, ServerResponse } from "node:http";
import type { Engine } from "../core/engine.ts";
import { messageOf } from "../core/errors.ts";
import type { Answer } from "../core/types.ts";
import { answer, answerAndClose, refusal } from "./answer.ts";

/** A probe's answer is used for this long, so that health checks can't load the store. */
const probeMs = 500;

/** What health is answered from. */
export type HealthOptions = {
  readonly engine: Engine;
  readonly clock: () => number;
  readonly isStopping: () => boolean;
  /** Names of the providers whose sources are on. */
  readonly providers: () => readonly string[];
};

/** Answers GET and HEAD of `/health/live`, `/health/ready` and `/webhooks/health`; false for every other path. */
export function createHealth(
  options: HealthOptions,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  const replies = repliesOf(options);
  return (request, response) => {
    const url = request.url ?? "";
    if (!url.includes("health")) return false;
    const replyTo = replies.get(url.split("?", 1)[0] ?? "");
    if (replyTo === undefined) return false;
    if (request.method === "GET" || request.method === "HEAD") replyTo(response);
    else answerAndClose(request, response, methodRefusal);
    return true;
  };
}

const methodRefusal: Answer = { ...refusal("METHOD_NOT_ALLOWED"), headers: { allow: "GET, HEAD" } };

function repliesOf(options: HealthOptions): ReadonlyMap<string, (to: ServerResponse) => void> {
  const probe = cachedProbe(options);
  return new Map([
    ["/health/live", (response) => reply(response, 200, { status: "live" })],
    [
      "/health/ready",
      (response) =>
        void probe().then((fault) =>
          fault === undefined
            ? reply(response, 200, { status: "ready" })
            : reply(response, 503, { status: "unready", reason: fault }),
        ),
    ],
    [
      "/webhooks/health",
      (response) =>
        void probe().then((fault) =>
          reply(response, fault === undefined ? 200 : 503, {
            status: fault === undefined ? "healthy" : "unhealthy",
            providers: options.providers(),
            timestamp: new Date(options.clock()).toISOString(),
          }),
        ),
    ],
  ]);
}

/** What stands in the way of a write; undefined: nothing. */
function cachedProbe({ engine, clock, isStopping }: HealthOptions) {
  let at = Number.NEGATIVE_INFINITY;
  let running: Promise<string | undefined> = Promise.resolve(undefined);
  return (): Promise<string | undefined> => {
    if (isStopping()) return Promise.resolve("the gateway is stopping");
    if (Math.abs(clock() - at) >= probeMs) {
      at = clock();
      running = engine.probe().then(
        () => undefined,
        (error: unknown) => messageOf(error),
      );
    }
    return running;
  };
}

function reply(response: ServerResponse, status: number, body: object): void {
  answer(response, {
    status,
    body: JSON.stringify(body),
    contentType: "application/json",
    headers: { "cache-control": "no-store" },
  });
}
