/** A gateway with a source for each line of the table of answers, and what its tests ask again and again. */
import { expect } from "vitest";
import { secret } from "../../src/core/define.ts";
import type { Event } from "../../src/core/types.ts";
import { http } from "../../src/destinations/index.ts";
import { hmac, stripe } from "../../src/providers/index.ts";
import { type LocalGateway, runHere } from "./in-process.ts";
import { beside, bytesOfEvent } from "./kept.ts";
import { exchangeOnce, type RawAnswer, type requestBytes } from "./raw-http.ts";
import { forwardSecret, openSink, type Sink } from "./sink.ts";
import { stripeEvent, stripeSecret } from "./stripe-events.ts";
import { batches, bracketed, challenging, compressed, silent, strict } from "./test-providers.ts";

/** The token of the sources that a test's own provider makes. */
export const token = "the-token-of-this-test";
/** A UUID of version 7. */
export const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

type Sending = Parameters<typeof requestBytes>[0];

/** The gateway and its tests' verbs. */
export type Answering = {
  readonly gateway: LocalGateway;
  readonly sink: Sink;
  readonly send: (request: Sending) => Promise<RawAnswer>;
  readonly sendStripe: (
    event?: ReturnType<typeof stripeEvent>,
    path?: string,
  ) => Promise<RawAnswer>;
  readonly sendToken: (
    path: string,
    body: string | Buffer,
    headers?: Record<string, string>,
  ) => Promise<RawAnswer>;
  readonly eventOf: (jobId: string) => Promise<Event & { readonly bytes: Buffer }>;
  readonly close: () => Promise<void>;
};

/** Runs it. */
export async function openAnswering(): Promise<Answering> {
  const sink = await openSink();
  const gateway = await runSources(sink);
  const send = (request: Sending) => exchangeOnce(gateway.port, request);
  return {
    gateway,
    sink,
    send,
    sendStripe: (event = stripeEvent(), path = "/stripe") =>
      send({ path, headers: event.headers, body: event.body }),
    sendToken: (path, body, headers = {}) =>
      send({ path, headers: { "X-Test-Token": token, ...headers }, body }),
    eventOf: (jobId) =>
      beside(gateway.store, async (engine) => {
        const event = await engine.event(jobId);
        if (event === undefined) throw new Error(`There is no event ${jobId}.`);
        return { ...event, bytes: await bytesOfEvent(engine, event) };
      }),
    close: async () => {
      await gateway.end();
      await sink.close();
    },
  };
}

/** Our id in an answer. */
export function jobIdOf({ body }: RawAnswer): string {
  const { jobId } = JSON.parse(body) as { jobId: string };
  expect(jobId).toMatch(uuid);
  return jobId;
}

/** Refusals have their code, a JSON body of a known length, and tell nothing else. */
export function expectRefusal(answer: RawAnswer, status: number, code: string): void {
  expect(answer.status).toBe(status);
  expect(answer.headers["content-type"]).toBe("application/json");
  expect(JSON.parse(answer.body)).toEqual({ error: expect.any(String), code });
  if (status === 503 || status === 429) expect(answer.headers["retry-after"]).toMatch(/^[1-9]\d*$/);
}

function runSources(sink: Sink): Promise<LocalGateway> {
  Object.assign(process.env, {
    T_STRIPE: stripeSecret,
    T_STRIPE_NEXT: "whsec_the_next_one",
    T_FORWARD: forwardSecret,
    T_TOKEN: token,
    T_TENANT_A: "secret of tenant a",
    T_TENANT_B: "secret of tenant b",
  });
  const tokens = [secret("T_TOKEN")];
  const both = [secret("T_STRIPE"), secret("T_STRIPE_NEXT", { optional: true })];
  const header = "x-signature";
  return runHere({
    sources: {
      stripe: stripe({ path: "/stripe", secrets: both, maxBodyBytes: 100_000 }),
      unrouted: stripe({ path: "/unrouted", secrets: both }),
      batches: batches({ path: "/batches", secrets: tokens }),
      compressed: compressed({ path: "/compressed", secrets: tokens, maxBodyBytes: 100_000 }),
      bracketed: bracketed({ path: "/bracketed", secrets: tokens }),
      silent: silent({ path: "/silent", secrets: tokens }),
      strict: strict({ path: "/strict", secrets: tokens }),
      challenging: challenging({ path: "/challenging", secrets: tokens }),
      sharedStripe: stripe({ path: "/shared", secrets: both }),
      sharedHmac: hmac({ path: "/shared", header, secrets: tokens }),
      off: stripe({ path: "/off", secrets: [secret("T_NOWHERE", { optional: true })] }),
      tenants: hmac({
        path: "/tenants/:tenant/in",
        header,
        id: { header: "x-id" },
        secrets: ({ tenant }) =>
          tenant === "a" || tenant === "b"
            ? [secret(`T_TENANT_${tenant.toUpperCase()}`)]
            : undefined,
      }),
    },
    destinations: {
      sink: http({ url: sink.url, secrets: [secret("T_FORWARD")], allowPrivate: true }),
    },
    routes: [{ from: ["stripe", "batches", "compressed", "tenants"], to: "sink" }],
    server: { host: "127.0.0.1" },
  });
}
