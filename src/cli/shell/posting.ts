import { once } from "node:events";
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import { text } from "node:stream/consumers";
import { setTimeout as wait } from "node:timers/promises";
import type { SampleRequest } from "../../app/sample.ts";
import { messageOf } from "../../core/errors.ts";
import { startProgress } from "./progress.ts";

/** What came back of one request; no status: no answer came, and `body` says why. */
export type Answered = {
  readonly status: number | undefined;
  readonly body: string;
  readonly tookMs: number;
  /** Node's code of what kept the answer from coming. */
  readonly fault?: string;
};

/** Requests under way at once: enough to load a gateway, few enough for its memory budget. */
const inFlight = 16;
/** With a rate the sender may fall behind by this much before it waits. */
const inFlightAtRate = 256;
/** Of a long run only the first bodies are kept, and those of refusals. */
const keptBodies = 100;
const answerLimitMs = 30_000;

/** Makes and posts requests, as many at once as may be, or at a rate; answers in the order of their end. */
export async function postAll(
  make: () => SampleRequest,
  { count, perSecond }: { readonly count: number; readonly perSecond?: number },
): Promise<readonly Answered[]> {
  const progress = startProgress("sending", count);
  const agents = {
    http: new HttpAgent({ keepAlive: true }),
    https: new HttpsAgent({ keepAlive: true }),
  };
  const answers: Answered[] = [];
  const startedAt = performance.now();
  let next = 0;
  const lane = async (): Promise<void> => {
    for (;;) {
      const mine = next;
      if (mine >= count) return;
      next += 1;
      await untilDue(startedAt, perSecond === undefined ? 0 : (mine / perSecond) * 1000);
      const answer = await post(make(), agents);
      answers.push(answers.length < keptBodies || !isOk(answer) ? answer : { ...answer, body: "" });
      progress.advance(1);
    }
  };
  const lanes = Math.min(count, perSecond === undefined ? inFlight : inFlightAtRate);
  try {
    await Promise.all(Array.from({ length: lanes }, lane));
  } finally {
    progress.stop();
    agents.http.destroy();
    agents.https.destroy();
  }
  return answers;
}

async function untilDue(startedAt: number, afterMs: number): Promise<void> {
  const waitMs = startedAt + afterMs - performance.now();
  if (waitMs > 0) await wait(waitMs);
}

/** Whether a request was accepted. */
export function isOk({ status }: Pick<Answered, "status">): boolean {
  return status !== undefined && status >= 200 && status < 300;
}

/** Not fetch: that refuses some ports, and adds headers of a browser, which no sender sends. */
async function post(request: SampleRequest, agents: Agents): Promise<Answered> {
  const startedAt = performance.now();
  const took = (): number => performance.now() - startedAt;
  try {
    return { ...(await exchange(request, agents)), tookMs: took() };
  } catch (error) {
    const cause = firstOf(error);
    const body = `${request.url}: ${messageOf(cause)}`;
    return { status: undefined, body, tookMs: took(), ...faultOf(cause) };
  }
}

type Agents = { readonly http: HttpAgent; readonly https: HttpsAgent };

async function exchange(
  { url, method, headers, body }: SampleRequest,
  agents: Agents,
): Promise<{ readonly status: number | undefined; readonly body: string }> {
  const isPlain = url.startsWith("http:");
  const sent = (isPlain ? requestHttp : requestHttps)(url, {
    method,
    headers: { ...headers, "content-length": body.length },
    agent: isPlain ? agents.http : agents.https,
    signal: AbortSignal.timeout(answerLimitMs),
  });
  sent.end(body);
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  return { status: response.statusCode, body: await text(response) };
}

/** A name with several addresses fails once for each. */
function firstOf(error: unknown): unknown {
  return error instanceof AggregateError ? error.errors[0] : error;
}

function faultOf(error: unknown): Pick<Answered, "fault"> {
  if (!(error instanceof Error) || !("code" in error)) return {};
  // An abort's code is a number.
  return { fault: error.name === "TimeoutError" ? "ETIMEDOUT" : String(error.code) };
}
