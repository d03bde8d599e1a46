/** Events for functions that are run here: of their own making where none is given, and what a given one is about. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { pathSegment } from "../core/archive.ts";
import { GatewayError } from "../core/errors.ts";
import type { DeliveryState } from "../core/lifecycle.ts";
import type { PushedEngine } from "../core/pushed-engine.ts";
import { destinationsFor } from "../core/route.ts";
import { secretRef } from "../core/secret-ref.ts";
import type { Destination, Gateway, Source } from "../core/settings.ts";
import type { SecretRef } from "../core/types.ts";
import { idMaker } from "../kit/ids.ts";
import { parseJson } from "../kit/json-path.ts";
import { type SecretReader, secretReader } from "./config.ts";
import type { FunctionName } from "./invoked-events.ts";
import type { ApiAnswer, ApiEvent, QueueEvent, TopicEvent } from "./lambda/events.ts";
import { refsIn } from "./lambda/refs.ts";
import type { Surroundings } from "./lambda/surroundings.ts";
import { loadSamples, signedSample, sourceNamed } from "./sample.ts";
import { isOn } from "./secrets.ts";

/** What a source's secret is where nothing of a cloud is used and it isn't set. */
const sampleSecret = "sample";
/** How long a sample is leased that is about to be ended. */
const leaseMs = 60_000;

/** What samples are made with. */
export type Making = {
  readonly gateway: Gateway;
  readonly on: Surroundings;
  /** Runs the receiver on a request. */
  readonly receive: (on: Surroundings, request: ApiEvent) => Promise<ApiAnswer>;
};

type Given = { readonly event: unknown; readonly isLocal: boolean };

/** Kinds that keep beside the store what they would send: an address of theirs is a file's name there. */
const withLocalForm = ["dynamodb", "eventbridge", "s3", "sns", "sqs"];

/** Reads secrets; those of sources that aren't set are `sample`, and so are addresses that are secrets, in a cloud that isn't used. */
export function sampleReader({ sources, destinations }: Gateway): SecretReader {
  const read = secretReader();
  const local = destinations.filter(({ type }) => withLocalForm.includes(type.name));
  const refs = [
    ...sources.flatMap(({ secrets }) => (typeof secrets === "function" ? [] : secrets)),
    ...local.flatMap(({ options }) => Object.values(options as object)).flatMap(secretRefs),
  ];
  const names = new Set(refs.map(({ name }) => name));
  return (ref) => {
    const { name } = ref;
    return read(ref) ?? (names.has(name) ? { name, value: sampleSecret } : undefined);
  };
}

function secretRefs(value: unknown): readonly SecretRef[] {
  const { success, data } = secretRef.safeParse(value);
  return success ? [data] : [];
}

/**
 * The event that a function is run on: the one that is given, else one of the kind that it gets. Where nothing of a
 * cloud is used, what the event is about is brought about first: an event that is kept, a client that is connected.
 */
export async function sampleFor(
  name: FunctionName,
  given: Given,
  making: Making,
): Promise<unknown> {
  switch (name) {
    case "receiver":
      return given.event ?? sampleRequest(making);
    case "authorizer":
      return given.event ?? { ...(await sampleRequest(making)), methodArn };
    case "consumer":
    case "archiver":
      return queueRecords(name, given, making);
    case "sweeper":
    case "refresher":
      return given.event ?? {};
    case "live":
      liveOf(making, name);
      return given.event ?? { requestContext: { connectionId: "sample", eventType: "CONNECT" } };
    case "broadcaster": {
      const destination = liveOf(making, name);
      await connectSample(making.on);
      return given.event ?? lastOfTopic(destination, making.on);
    }
    default:
      return name satisfies never;
  }
}

const methodArn = "arn:aws:execute-api:local:0:api/prod/POST/*";

async function sampleRequest(
  { gateway, on }: Making,
  wanted?: Source | undefined,
): Promise<ApiEvent> {
  const read = on.secret ?? secretReader();
  const source = wanted ?? sourceOf(gateway, read);
  const samples = await loadSamples(source);
  const types = samples.types.length === 0 ? ["test"] : samples.types;
  const isRouted = (type: string) => destinationsFor(gateway.routes, source.name, type).length > 0;
  const { url, method, headers, body } = signedSample({
    gateway,
    source: source.name,
    type: types.find(isRouted) ?? types[0] ?? "test",
    samples,
    read,
    baseUrl: gateway.publicUrl ?? "http://localhost",
    now: Date.now(),
  });
  const { pathname, searchParams } = new URL(url);
  const query = [...searchParams].map(([name, value]) => [name, [value]] as const);
  return {
    httpMethod: method,
    path: pathname,
    headers,
    multiValueHeaders: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, [value]]),
    ),
    multiValueQueryStringParameters: query.length === 0 ? null : Object.fromEntries(query),
    body: body.toString("base64"),
    isBase64Encoded: true,
    requestContext: { identity: { sourceIp: "127.0.0.1" } },
  };
}

/** One whose secret is set counts before one that has the sample's. */
function sourceOf({ sources }: Gateway, read: SecretReader): Source {
  const plain = sources.filter(({ path }) => path.names.length === 0);
  const own = secretReader();
  const found = plain.find((one) => isOn(one, own)) ?? plain.find((one) => isOn(one, read));
  if (found !== undefined) return found;
  throw new GatewayError(
    "SOURCE_OFF",
    "No source has a live secret to sign a sample with. Set one, give --local, which signs with a secret of its own, or give an event by --event.",
  );
}

/**
 * What the queue would bring: what is given, or all that the store owes. Where nothing of a cloud is used, an event
 * that the store doesn't have is taken in first, and for the archiver its deliveries die.
 */
async function queueRecords(
  name: "consumer" | "archiver",
  given: Given,
  making: Making,
): Promise<unknown> {
  const event = given.event as QueueEvent | undefined;
  if (!given.isLocal) return event ?? owedRecords(making);
  const isToDie = name === "archiver";
  if (event === undefined) {
    const owed = await owedRecords(making, isToDie ? "dead" : "ready");
    if (owed.Records.length > 0) return owed;
    await takeIn(making, { isToDie });
    return owedRecords(making);
  }
  const engine = await making.on.openStore(making.gateway);
  for (const { key, deliveryId } of event.Records.flatMap(({ body }) => refsIn(body))) {
    if ((await engine.delivery(deliveryId)) !== undefined) continue;
    const source = sourceNamed(making.gateway, key.split("#")[0] ?? "");
    await takeIn(making, { source, id: deliveryId.split(".")[0], isToDie });
  }
  return event;
}

type Taking = {
  readonly source?: Source;
  /** The event's; default a new one. */
  readonly id?: string | undefined;
  readonly isToDie: boolean;
};

/** Has the receiver take a sample in; its deliveries, and no other, die where that is wanted. */
async function takeIn(making: Making, { source, id, isToDie }: Taking): Promise<void> {
  const { on, gateway, receive } = making;
  const newId = idMaker();
  const eventId = id ?? newId();
  const ids = [eventId];
  const request = await sampleRequest(making, source);
  const answer = await receive({ ...on, newId: () => ids.pop() ?? newId() }, request);
  if (answer.statusCode !== 200) {
    throw new GatewayError(
      "NOT_FOUND",
      `The store has no such event, and a sample of it was refused (${answer.statusCode}: ${answer.body}). Run the receiver first.`,
    );
  }
  if (isToDie) await endAll(await on.openStore(gateway), eventId);
}

async function endAll(engine: PushedEngine, eventId: string): Promise<void> {
  const at = Date.now();
  for (const ref of await engine.owed({ limit: 1_000, before: at, lookAgainAt: at })) {
    if (!ref.deliveryId.startsWith(`${eventId}.`)) continue;
    const named = await engine.claimNamed(ref, { leaseMs });
    if (named.kind !== "claimed") continue;
    const outcome = { kind: "failed", code: "DESTINATION_REFUSED", detail: "a sample" } as const;
    const transition = { state: "dead", reason: "a sample for the archiver" } as const;
    await engine.settle({ claim: named.claim, transition, outcome, startedAt: at, endedAt: at });
  }
}

/** All that the store owes, or of that what is in a state. */
async function owedRecords({ gateway, on }: Making, state?: DeliveryState): Promise<QueueEvent> {
  const now = Date.now();
  const engine = await on.openStore(gateway);
  const owed = await engine.owed({ limit: 100, before: now, lookAgainAt: now });
  const states = await Promise.all(owed.map(({ deliveryId }) => engine.delivery(deliveryId)));
  const refs = owed.filter((_, at) => state === undefined || states[at]?.state === state);
  const Records = refs.map(({ key, deliveryId }, at) => ({
    messageId: String(at),
    body: JSON.stringify({ key, deliveries: [deliveryId] }),
  }));
  return { Records };
}

/** Elsewhere neither function is deployed. */
function liveOf({ gateway }: Making, name: FunctionName): Destination {
  const found = gateway.destinations.find(({ type }) => type.name === "websocket");
  if (found !== undefined) return found;
  throw new GatewayError(
    "USAGE",
    `The config has no websocket destination, so AWS gets no function ${name}.`,
  );
}

/** Somebody who is shown what goes out, where nobody is connected. */
async function connectSample({ live }: Surroundings): Promise<void> {
  const clients = live?.().clients;
  if (clients === undefined) return;
  for await (const page of clients.all()) if (page.length > 0) return;
  await clients.add({ connectionId: "sample", state: "bare", until: 0, ttl: 0 });
}

const lineSchema = z.object({
  Message: z.string(),
  MessageAttributes: z
    .record(z.string(), z.object({ DataType: z.string(), StringValue: z.string() }))
    .default({}),
});

/** What the consumer wrote last to the topic's file, as the topic would bring it. */
async function lastOfTopic({ name }: Destination, { local }: Surroundings): Promise<TopicEvent> {
  const file = join(local?.folder ?? "", "sns", `${pathSegment(name)}.jsonl`);
  const text = local === undefined ? "" : await readFile(file, "utf8").catch(() => "");
  const read = lineSchema.safeParse(parseJson(Buffer.from(text.trim().split("\n").at(-1) ?? "")));
  if (!read.success) return { Records: [{ Sns: { Message: '{"test":"ok"}' } }] };
  const { Message, MessageAttributes } = read.data;
  const attributes = Object.entries(MessageAttributes).map(
    ([key, { DataType, StringValue }]) => [key, { Type: DataType, Value: StringValue }] as const,
  );
  return { Records: [{ Sns: { Message, MessageAttributes: Object.fromEntries(attributes) } }] };
}
