/**
 * A kill shows no fsync: what was written survives it in the kernel. So the system calls are read:
 * each 200 is written after a sync of the store that began after its request was read (and after its
 * bytes were written to the WAL), and had ended. Never skipped: without strace this fails.
 */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type GatewayProcess,
  scratch,
  startGateway,
  writeConfig,
} from "../support/gateway-process.ts";
import { allEvents, beside, bytesOfEvent } from "../support/kept.ts";
import { requestBytes, wire } from "../support/raw-http.ts";
import { forwardSecret, openSink, type Sink } from "../support/sink.ts";
import { signStripe, stripeSecret } from "../support/stripe-events.ts";
import { within } from "../support/until.ts";
import { callsOf, checkTrace, endOf, type TraceReport, underStrace } from "./trace.ts";

const variant = fileURLToPath(new URL("./variants/answers-early.ts", import.meta.url));
const folder = scratch("fsync");
let sink: Sink;
let config = "";

beforeAll(async () => {
  sink = await openSink();
  config = writeConfig(
    folder.path,
    `{
  server: { host: "127.0.0.1" },
  sources: { stripe: stripe({ path: "/in", secrets: [secret("STRIPE_WEBHOOK_SECRET")] }) },
  destinations: {
    sink: http({ url: ${JSON.stringify(sink.url)}, secrets: [secret("FORWARD_SECRET")], allowPrivate: true }),
  },
  routes: [{ types: ["delivered"], to: "sink" }],
}`,
  );
});

afterAll(async () => {
  await sink.close();
  folder.remove();
});

function start(
  name: string,
  options: { env?: Record<string, string>; script?: string; inject?: string[] } = {},
): Promise<GatewayProcess> {
  const secrets = { STRIPE_WEBHOOK_SECRET: stripeSecret, FORWARD_SECRET: forwardSecret };
  return startGateway({
    config,
    store: storeOf(name),
    env: { ...secrets, ...options.env },
    under: underStrace(traceOf(name), options.inject),
    deadlineMs: 60_000,
    ...(options.script === undefined ? {} : { script: options.script }),
  });
}

const storeOf = (name: string) => join(folder.path, `${name}.db`);
const traceOf = (name: string) => join(folder.path, `${name}.trace`);

type Marked = { readonly marker: string; readonly bytes: Buffer; readonly body: string };

function marked(type: "delivered" | "kept" = "delivered"): Marked {
  const marker = randomBytes(8).toString("hex");
  const event = { id: `evt_${marker}`, type, filler: "x".repeat(800), end: endOf(marker) };
  const body = JSON.stringify(event);
  const headers = { "Stripe-Signature": signStripe(body) };
  return { marker, body, bytes: requestBytes({ path: `/in?m=${marker}`, headers, body }) };
}

/** One after another over one kept connection; the next goes out when the last was answered. */
async function oneByOne(port: number, count: number): Promise<string[]> {
  const line = await wire(port);
  const markers: string[] = [];
  for (let at = 0; at < count; at += 1) {
    const { marker, bytes } = marked();
    line.send(bytes);
    const { status, body } = await line.answer({ deadlineMs: 30_000 });
    expect(status).toBe(200);
    expect(body).toContain(marker);
    markers.push(marker);
  }
  line.end();
  return markers;
}

/** All in one write; the answers come in order. */
async function pipelined(port: number, count: number): Promise<string[]> {
  const line = await wire(port);
  const list = Array.from({ length: count }, () => marked());
  line.send(Buffer.concat(list.map(({ bytes }) => bytes)));
  for (const { marker } of list) {
    expect((await line.answer({ deadlineMs: 30_000 })).body).toContain(marker);
  }
  line.end();
  return list.map(({ marker }) => marker);
}

/** The same event over several connections at once: a duplicate's 200 says as much as the first one's. */
async function duplicates(port: number, count: number): Promise<string[]> {
  const { marker, bytes } = marked();
  const lines = await Promise.all(Array.from({ length: count }, () => wire(port)));
  for (const line of lines) line.send(bytes);
  for (const line of lines) {
    expect((await line.answer({ deadlineMs: 30_000 })).body).toContain(marker);
    line.end();
  }
  return lines.map(() => marker);
}

async function load(port: number): Promise<string[]> {
  const sequential = await oneByOne(port, 12);
  const connections = Array.from({ length: 8 }, () => oneByOne(port, 5));
  const concurrent = await Promise.all([...connections, pipelined(port, 8), duplicates(port, 6)]);
  return [...sequential, ...concurrent.flat()];
}

async function traceOfLoad(
  name: string,
  options?: Parameters<typeof start>[1],
): Promise<TraceReport> {
  const gateway = await start(name, options);
  const markers = await load(gateway.port).finally(() => gateway.stop());
  const trace = readFileSync(traceOf(name), "utf8");
  const report = checkTrace(trace, { store: storeOf(name), markers });
  process.stdout.write(
    `fsync ${name}: ${markers.length} requests, ${report.syncs} syncs, ${report.unsynced.length} answered without one\n`,
  );
  expect(report.unseen).toEqual([]);
  expect(report.requests).toHaveLength(markers.length);
  return report;
}

describe("a 200", () => {
  test("is written after a sync of the store that began after its request was read, and ended well", async () => {
    const report = await traceOfLoad("true");
    expect(report.unsynced).toEqual([]);
    expect(report.requests.some(({ position }) => position > 0)).toBe(true);
  });

  test("without a sync is seen: the checker fails a gateway whose commits never reach the disk", async () => {
    const report = await traceOfLoad("off", { env: { SUREHOOK_TEST_SYNC: "off" } });
    expect(report.unsynced).toHaveLength(report.requests.length);
  });

  test("before its commit is seen: the checker fails a gateway that answers while the commit is under way", async () => {
    const report = await traceOfLoad("early", { script: variant });
    expect(report.syncs).toBeGreaterThan(0);
    expect(report.unsynced).toHaveLength(report.requests.length);
  });
});

test("after a sync that failed nothing is answered 200: 503, then the process ends, and all that was answered is there", async () => {
  const gateway = await start("failing", {
    inject: ["inject=fdatasync:error=EIO:when=6+"],
  });
  const answered: Marked[] = [];
  const exit = new Promise<number | null>((resolve) => gateway.child.once("exit", resolve));
  let status = 200;
  for (let tries = 0; status === 200 && tries < 200; tries += 1) {
    // Not delivered, so that the sync that fails is an accept's own.
    const event = marked("kept");
    const line = await wire(gateway.port);
    line.send(event.bytes);
    const answer = await line.answer({ deadlineMs: 30_000 });
    line.end();
    status = answer.status;
    if (status === 200) answered.push(event);
    else expect(answer.headers["retry-after"]).toMatch(/^\d+$/);
  }
  expect(status).toBe(503);
  expect(await within("the end of the process", exit)).toBe(1);
  expect(answered.length).toBeGreaterThan(0);
  const failed = callsOf(readFileSync(traceOf("failing"), "utf8")).filter(
    ({ name, result }) => name === "fdatasync" && result === -1,
  );
  expect(failed.length).toBeGreaterThan(0);
  await beside(storeOf("failing"), async (engine) => {
    for (const { marker, body } of answered) {
      const [event] = await allEvents(engine, { providerEventId: `evt_${marker}` });
      expect(event && (await bytesOfEvent(engine, event)).toString()).toBe(body);
    }
  });
});
