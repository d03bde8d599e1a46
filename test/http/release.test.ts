/** Every provider: refused under a wrong secret, then released when the secret is right. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { examineKept } from "../../src/app/diagnose.ts";
import { releaseRequest } from "../../src/app/operate.ts";
import {
  loadSamples,
  type SampleRequest,
  signedSample,
  sourceNamed,
} from "../../src/app/sample.ts";
import type { Provider, SourceDefinition } from "../../src/core/define.ts";
import { judgeGateway } from "../../src/core/judge-gateway.ts";
import type { Gateway } from "../../src/core/settings.ts";
import { secretsOf } from "../../src/providers/conformance-requests.ts";
import { providers } from "../../src/providers/index.ts";
import { type LocalGateway, runHere } from "../support/in-process.ts";
import { beside } from "../support/kept.ts";
import { optionsNeeded, signsItself } from "../support/own-options.ts";
import { until } from "../support/until.ts";

const all = providers.filter(({ name }) => !(name in signsItself));

const secretName = ({ name }: Provider): string =>
  `RELEASE_${name.toUpperCase().replaceAll("-", "_")}`;

function sourceOf(provider: Provider): SourceDefinition {
  const secrets = [{ kind: "secret" as const, name: secretName(provider), optional: false }];
  const own = optionsNeeded[provider.name] ?? {};
  return { kind: "source", provider, options: { path: `/${provider.name}`, secrets, ...own } };
}

const definition = {
  publicUrl: "https://gateway.example.com",
  sources: Object.fromEntries(all.map((provider) => [provider.name, sourceOf(provider)])),
  destinations: {},
  routes: [],
  // They all come from one address.
  limits: { rejectedPerAddress: 1_000 },
};

let running: LocalGateway;
let gateway: Gateway;

const formOf = ({ scheme }: Provider) => secretsOf[scheme?.key ?? "utf8"];

beforeAll(async () => {
  const judged = judgeGateway(definition);
  if (judged.kind === "mistakes") throw new Error(JSON.stringify(judged.mistakes));
  gateway = judged.gateway;
  for (const provider of all) process.env[secretName(provider)] = formOf(provider)[1];
  running = await runHere(definition);
});

afterAll(() => running.end());

async function make(provider: Provider): Promise<SampleRequest> {
  const samples = await loadSamples(sourceNamed(gateway, provider.name));
  return signedSample({
    gateway,
    source: provider.name,
    type: samples.types[0] ?? "order.created",
    samples,
    read: ({ name }) => ({ name, value: formOf(provider)[0] }),
    baseUrl: running.url,
    now: Date.now(),
  });
}

test.each(all.map((provider) => [provider.name, provider] as const))(
  "%s",
  async (name, provider) => {
    const { url, method, headers, body } = await make(provider);
    const answer = await fetch(url, { method, headers, body: new Uint8Array(body) });
    expect(answer.status).toBe(provider.rejectStatus ?? 401);
    await beside(`${running.folder}/store.db`, async (engine) => {
      const rejected = async () => {
        const filter = { source: name, outcome: "rejected" } as const;
        return (await engine.requests(filter, { limit: 2 })).items[0];
      };
      // What is refused is written after the answer.
      const kept = await until("the refused request", rejected);
      const release = () => releaseRequest(engine, gateway, { requestId: kept.id });
      expect(await release()).toMatchObject({ kind: "still-rejected" });
      const bytes = (await engine.body(kept.id)) ?? Buffer.alloc(0);
      expect(await examineKept(gateway, { kept, body: bytes })).toMatchObject({
        verdict: "rejected",
      });
      process.env[secretName(provider)] = formOf(provider)[0];
      const verdict = provider.assurance ?? "verified";
      expect(await examineKept(gateway, { kept, body: bytes })).toMatchObject({ verdict });
      const released = await release();
      expect(released).toMatchObject({ kind: "released" });
      expect("eventIds" in released && released.eventIds.length).toBeGreaterThan(0);
      expect((await engine.request(kept.id))?.outcome).not.toBe("rejected");
    });
  },
);

/** Those are released in fetched-keys.test.ts, PayPal in paypal.test.ts. */
test.skip.each(Object.entries(signsItself))("%s (exempt: %s)", () => undefined);
