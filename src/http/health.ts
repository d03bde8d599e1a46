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

/** The gateway's own answers, to whoever asks. */
export type Health = {
  /** The answer to a request of `/health/live`, `/health/ready` or `/webhooks/health`; undefined for every other path. */
  readonly answerTo: (method: string, url: string) => Promise<Answer> | undefined;
  /** Answers such a request; false for every other path. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => boolean;
};

/** Makes the answers. */
export function createHealth(options: HealthOptions): Health {
  const replies = repliesOf(options);
  const answerTo: Health["answerTo"] = (method, url) => {
    if (!url.includes("health")) return undefined;
    const reply = replies.get(url.split("?", 1)[0] ?? "");
    if (reply === undefined) return undefined;
    return method === "GET" || method === "HEAD" ? reply() : Promise.resolve(methodRefusal);
  };
  return {
    answerTo,
    handle: (request, response) => {
      const reply = answerTo(request.method ?? "", request.url ?? "");
      if (reply === undefined) return false;
      void reply.then((given) => {
        if (given === methodRefusal) answerAndClose(request, response, given);
        else answer(response, given);
      });
      return true;
    },
  };
}

const methodRefusal: Answer = { ...refusal("METHOD_NOT_ALLOWED"), headers: { allow: "GET, HEAD" } };

function repliesOf(options: HealthOptions): ReadonlyMap<string, () => Promise<Answer>> {
  const probe = cachedProbe(options);
  return new Map([
    ["/health/live", async () => reply(200, { status: "live" })],
    [
      "/health/ready",
      async () => {
        const fault = await probe();
        return fault === undefined
          ? reply(200, { status: "ready" })
          : reply(503, { status: "unready", reason: fault });
      },
    ],
    [
      "/webhooks/health",
      async () => {
        const fault = await probe();
        return reply(fault === undefined ? 200 : 503, {
          status: fault === undefined ? "healthy" : "unhealthy",
          providers: options.providers(),
          timestamp: new Date(options.clock()).toISOString(),
        });
      },
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

function reply(status: number, body: object): Answer {
  return {
    status,
    body: JSON.stringify(body),
    contentType: "application/json",
    headers: { "cache-control": "no-store" },
  };
}
