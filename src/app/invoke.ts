/** Runs a function that is deployed to AWS here, once, on an event as AWS would hand it over. */
import type { AnyGateway } from "../core/define.ts";
import { GatewayError } from "../core/errors.ts";
import type { Gateway } from "../core/settings.ts";
import { type Environment, givenVariable, secretReader } from "./config.ts";
import { importing } from "./json-gateway.ts";
import type { ApiEvent, Invocation } from "./lambda/events.ts";
import { onAws, type Surroundings } from "./lambda/surroundings.ts";
import { ConfigError, readConfig } from "./load-config.ts";
import { onThisMachine, type Told } from "./local-functions.ts";
import { loadSamples, signedSample } from "./sample.ts";
import { isOn } from "./secrets.ts";

/** A function's name. */
export type FunctionName = Exclude<
  keyof typeof import("./lambda/index.ts"),
  "gatewayFromFile" | "onThisMachine"
>;

/** What a function answered, and what it told to bus and queues where that went nowhere. */
export type Invoked = { readonly answer: unknown; readonly told: Told | undefined };

/** As much as Lambda gives the functions at most. */
const invocation: Invocation = { getRemainingTimeInMillis: () => 900_000 };

type AnyFunction = (
  definition: AnyGateway,
  on: Surroundings,
) => (event: unknown, invocation: Invocation) => Promise<unknown>;

/**
 * Runs a function on an event, or on one of its own making: over the table and queues that the environment names,
 * else over the embedded store. Throws CONFIG_INVALID and USAGE.
 */
export async function invoke(
  name: FunctionName,
  given: {
    readonly event: unknown;
    readonly config: string | undefined;
    /** Whether destinations of cloud services keep events beside the store instead. */
    readonly isLocal: boolean;
  },
  environment: Environment,
): Promise<Invoked> {
  const { definition, gateway, path, url, mistakes } = await readConfig(given.config, environment);
  if (gateway === undefined) throw new ConfigError(path, mistakes);
  const isOnAws = givenVariable("SUREHOOK_TABLE") !== undefined && !given.isLocal;
  const local = isOnAws ? undefined : onThisMachine(environment.store, given);
  try {
    const on = local?.on ?? onAws();
    const event = given.event ?? (await sampleFor(name, gateway, on));
    // It was judged just now.
    const functions = await import("./lambda/index.ts");
    const run = (functions[name] as AnyFunction)(importing(definition as AnyGateway, url), on);
    return { answer: await run(event, invocation), told: local?.told };
  } finally {
    await local?.close();
  }
}

/** An event of the kind that a function gets: a sender's request freshly signed, or what the store owes. */
async function sampleFor(name: FunctionName, gateway: Gateway, on: Surroundings): Promise<unknown> {
  switch (name) {
    case "receiver":
      return sampleRequest(gateway);
    case "authorizer":
      return {
        ...(await sampleRequest(gateway)),
        methodArn: "arn:aws:execute-api:local:0:api/prod/POST/*",
      };
    case "consumer":
    case "archiver":
      return owedRecords(gateway, on);
    case "sweeper":
    case "refresher":
      return {};
    case "live":
      return { requestContext: { connectionId: "sample", eventType: "CONNECT" } };
    case "broadcaster":
      return { Records: [{ Sns: { Message: '{"test":"ok"}' } }] };
    default:
      return name satisfies never;
  }
}

async function sampleRequest(gateway: Gateway): Promise<ApiEvent> {
  const read = secretReader();
  const source = gateway.sources.find((one) => one.path.names.length === 0 && isOn(one, read));
  if (source === undefined) {
    throw new GatewayError(
      "SOURCE_OFF",
      "No source has a live secret to sign a sample with. Set one, or give an event by --event.",
    );
  }
  const samples = await loadSamples(source);
  const { url, method, headers, body } = signedSample({
    gateway,
    source: source.name,
    type: samples.types[0] ?? "test",
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

/** What the queue would bring of all that the store owes. */
async function owedRecords(gateway: Gateway, { openStore }: Surroundings): Promise<unknown> {
  const now = Date.now();
  const engine = await openStore(gateway);
  const refs = await engine.owed({ limit: 100, before: now, lookAgainAt: now });
  const Records = refs.map(({ key, deliveryId }, at) => ({
    messageId: String(at),
    body: JSON.stringify({ key, deliveries: [deliveryId] }),
  }));
  return { Records };
}
