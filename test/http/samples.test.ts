/** Every sample over a socket: its own source takes it, under the type and with the id that were asked for. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { secretReader } from "../../src/app/config.ts";
import {
  loadSamples,
  type SampleRequest,
  signedSample,
  sourceNamed,
} from "../../src/app/sample.ts";
import type { Provider, SourceDefinition } from "../../src/core/define.ts";
import { judgeGateway } from "../../src/core/judge-gateway.ts";
import type { Gateway } from "../../src/core/settings.ts";
import type { Event } from "../../src/core/types.ts";
import { secretsOf } from "../../src/providers/conformance-requests.ts";
import { providers } from "../../src/providers/index.ts";
import { sampledProviders, samplesOf } from "../../src/providers/samples/index.ts";
import { type LocalGateway, runHere } from "../support/in-process.ts";
import { beside } from "../support/kept.ts";
import { optionsNeeded, signsItself } from "../support/own-options.ts";

/** Why a sample has no id where its provider knows one. */
const idless: Readonly<Record<string, string>> = {
  discord: "its webhook events have none; interactions have",
};

const secretName = (provider: Provider): string =>
  `SAMPLE_${provider.name.toUpperCase().replaceAll("-", "_")}`;

function sourceOf(provider: Provider): SourceDefinition {
  const { name } = provider;
  const secret = { kind: "secret" as const, name: secretName(provider), optional: false };
  const proof = name in signsItself ? { unsigned: true } : { secrets: [secret] };
  const own = optionsNeeded[name] ?? {};
  return { kind: "source", provider, options: { path: `/${name}`, ...proof, ...own } };
}

const definition = {
  publicUrl: "https://gateway.example.com",
  sources: Object.fromEntries(providers.map((provider) => [provider.name, sourceOf(provider)])),
  destinations: {},
  routes: [],
};

let running: LocalGateway;
let gateway: Gateway;

beforeAll(async () => {
  for (const provider of providers) {
    process.env[secretName(provider)] = secretsOf[provider.scheme?.key ?? "utf8"][0];
  }
  const judged = judgeGateway(definition);
  if (judged.kind === "mistakes") throw new Error(JSON.stringify(judged.mistakes));
  gateway = judged.gateway;
  running = await runHere(definition);
});

afterAll(() => running.end());

async function post({ url, method, headers, body }: SampleRequest): Promise<readonly Event[]> {
  const answer = await fetch(url, { method, headers, body: new Uint8Array(body) });
  const text = await answer.text();
  expect(answer.status, text).toBeLessThan(300);
  return beside(`${running.folder}/store.db`, async (engine) => {
    const { items } = await engine.requests({}, { limit: 1 });
    const ids = items[0]?.eventIds ?? [];
    return (await Promise.all(ids.map((id) => engine.event(id)))).flatMap((event) => event ?? []);
  });
}

async function make(source: string, type: string, now = Date.now()): Promise<SampleRequest> {
  const samples = await loadSamples(sourceNamed(gateway, source));
  const read = secretReader();
  const baseUrl = running.url;
  return signedSample({ gateway, source, type, samples, read, baseUrl, now });
}

/** Where a provider says that an event's id is. */
function idOf({ batch, scheme }: Provider): unknown {
  return batch === undefined ? scheme?.id : batch.id[0];
}

/** Whether an id stands in a request: in a header, the query or the body. */
function carries({ url, headers, body }: SampleRequest, id: string): boolean {
  const places = [...Object.values(headers), decodeURIComponent(url), body.toString("utf8")];
  return places.some((text) => text.includes(id));
}

const own = await Promise.all(
  providers
    .filter(({ name }) => sampledProviders.includes(name))
    .map(async (provider) => [provider.name, provider, (await samplesOf(provider)).types] as const),
);

describe.each(own)("the samples of %s", (_, provider, types) => {
  test("are several", () => expect(types.length).toBeGreaterThan(1));

  test.each(types)("%s is accepted as such", async (type) => {
    // Two of the same instant are two events all the same.
    const now = Date.now();
    const first = await make(provider.name, type, now);
    const second = await make(provider.name, type, now);
    const [event, ...others] = await post(first);
    const [again] = await post(second);
    expect(others).toEqual([]);
    expect(event?.type).toBe(type);
    const id = event?.providerEventId;
    const isJoined = (provider.batch?.id.length ?? 0) > 1;
    for (const part of (isJoined ? id?.split(".") : id && [id]) ?? []) {
      expect(carries(first, part)).toBe(true);
    }
    if (idOf(provider) !== undefined && !(provider.name in idless)) expect(id).toBeDefined();
    if (id !== undefined) expect(again?.providerEventId).not.toBe(id);
    expect(again?.id).toBeDefined();
    expect(again?.id).not.toBe(event?.id);
  });
});

const plain = providers
  .filter(({ name }) => !sampledProviders.includes(name))
  .map((provider) => [provider.name, provider] as const);

test.each(plain)("%s takes a generic event of any type", async (_, provider) => {
  const request = await make(provider.name, "order.created");
  const [event] = await post(request);
  const says = (provider.batch ?? provider.scheme)?.type ?? [];
  const isFree = says.length > 0 || provider.name === "hmac";
  expect(event?.type).toBe(isFree ? "order.created" : "unknown");
  if (idOf(provider) !== undefined) expect(event?.providerEventId).toBeDefined();
});
