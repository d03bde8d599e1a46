/** Secrets that change, TLS, and what is kept of requests that were refused. */
import { readFileSync, renameSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { secretReader } from "../../src/app/config.ts";
import { releaseRequest } from "../../src/app/operate.ts";
import { sourceSecrets } from "../../src/app/secrets.ts";
import { secret } from "../../src/core/define.ts";
import { judgeGateway } from "../../src/core/judge-gateway.ts";
import type { Source } from "../../src/core/settings.ts";
import { http } from "../../src/destinations/index.ts";
import { stripe } from "../../src/providers/index.ts";
import { scratch } from "../support/gateway-process.ts";
import { type LocalGateway, runHere } from "../support/in-process.ts";
import { allEvents, allRequests, beside, bytesOfEvent } from "../support/kept.ts";
import { exchangeOnce, requestBytes, wire } from "../support/raw-http.ts";
import { selfSigned } from "../support/self-signed.ts";
import { forwardSecret, openSink } from "../support/sink.ts";
import { type SignedEvent, stripeEvent } from "../support/stripe-events.ts";
import { until } from "../support/until.ts";

const folder = scratch("secrets");
let gateway: LocalGateway | undefined;

afterEach(async () => {
  await gateway?.end();
  gateway = undefined;
});

afterAll(() => folder.remove());

const post = (
  at: LocalGateway,
  { headers, body }: SignedEvent,
  more: Record<string, string> = {},
  options: { readonly ca?: Buffer } = {},
) => exchangeOnce(at.port, { path: "/in", headers: { ...headers, ...more }, body }, options);

describe("a secret in a file", () => {
  test("that is rotated is live within a second, and the old one no more", async () => {
    const file = join(folder.path, "secret");
    writeFileSync(file, "whsec_old\n");
    process.env["R_ROTATED_FILE"] = file;
    const secrets = [secret("R_ROTATED")];
    gateway = await runHere({
      sources: { stripe: stripe({ path: "/in", secrets }) },
      destinations: {},
      routes: [],
    });
    const at = gateway;
    const isTaken = async (value: string) =>
      (await post(at, stripeEvent({ secret: value }))).status === 200;
    expect(await isTaken("whsec_old")).toBe(true);
    expect(await isTaken("whsec_new")).toBe(false);
    // As Kubernetes and careful people do it: a new file takes the old one's place.
    writeFileSync(`${file}.next`, "whsec_new");
    renameSync(`${file}.next`, file);
    const rotatedAt = performance.now();
    await until("the new secret", () => isTaken("whsec_new"), 5_000);
    expect(performance.now() - rotatedAt).toBeLessThan(1_300);
    expect(await isTaken("whsec_old")).toBe(false);
  });
});

test("a rotated secret is live within a second for each of the sources that share it, whenever they read", () => {
  const file = join(folder.path, "shared-secret");
  writeFileSync(file, "old");
  const at = { now: 1_000_000 };
  const read = secretReader({ R_SHARED_FILE: file }, () => at.now);
  const live = sourceSecrets(read, () => at.now);
  const settings = { path: "/a", secrets: [secret("R_SHARED")] };
  const judged = judgeGateway({
    sources: { one: stripe(settings), two: stripe({ ...settings, path: "/b" }) },
    destinations: {},
    routes: [],
  });
  if (judged.kind !== "gateway") throw new Error("The definition is wrong.");
  const [one, two] = judged.gateway.sources as [Source, Source];
  const liveOf = (source: Source) => live(source, {})?.[0]?.value;
  expect(liveOf(one)).toBe("old");
  at.now += 1;
  writeFileSync(file, "new");
  utimesSync(file, 1, 1);
  // The other one reads just before the file would have been looked at again.
  at.now += 490;
  expect(liveOf(two)).toBe("old");
  at.now += 509;
  expect([liveOf(one), liveOf(two)]).toEqual(["new", "new"]);
});

describe("TLS by config", () => {
  test("serves the certificate, and doesn't speak plain HTTP on that port", async () => {
    const tls = selfSigned(folder.path);
    process.env["R_TLS"] = "whsec_tls";
    gateway = await runHere({
      sources: { stripe: stripe({ path: "/in", secrets: [secret("R_TLS")] }) },
      destinations: {},
      routes: [],
      server: { tls },
    });
    expect(gateway.url).toMatch(/^https:/);
    const ca = readFileSync(tls.certFile);
    const answer = await post(gateway, stripeEvent({ secret: "whsec_tls" }), {}, { ca });
    expect(answer.status).toBe(200);
    const plain = await wire(gateway.port);
    plain.send(requestBytes({ path: "/in", body: "{}" }));
    await plain.closed;
    expect(plain.left()).not.toContain("200");
    expect((await post(gateway, stripeEvent({ secret: "whsec_tls" }), {}, { ca })).status).toBe(
      200,
    );
  });
});

describe("a request that was refused", () => {
  test("is kept with its reason and bytes, without credentials, and released in order once the secret is right", async () => {
    const sink = await openSink();
    process.env["R_REJECTED"] = "whsec_mistyped";
    process.env["R_FORWARD"] = forwardSecret;
    gateway = await runHere({
      sources: { stripe: stripe({ path: "/in", secrets: [secret("R_REJECTED")] }) },
      destinations: {
        sink: http({ url: sink.url, secrets: [secret("R_FORWARD")], allowPrivate: true }),
      },
      routes: [{ to: "sink" }],
    });
    const events = Array.from({ length: 5 }, () => stripeEvent({ secret: "whsec_right" }));
    const credentials = { Authorization: "Basic c2VjcmV0", Cookie: "a=b", "X-Trace": "kept" };
    for (const event of events) {
      expect((await post(gateway, event, credentials)).status).toBe(401);
    }
    const forged = stripeEvent({ secret: "whsec_of_a_forger" });
    expect((await post(gateway, forged)).status).toBe(401);
    const { store, gateway: settings } = gateway;

    await beside(store, async (engine) => {
      const kept = await until("six that are kept", async () => {
        const list = await allRequests(engine, { outcome: "rejected" });
        return list.length === 6 && list;
      });
      for (const [at, request] of kept.slice(0, 5).entries()) {
        expect(request).toMatchObject({ code: "INVALID_SIGNATURE", source: "stripe" });
        expect(request.detail).toBeTypeOf("string");
        expect((await engine.body(request.id))?.toString("utf8")).toBe(events[at]?.body);
        const headers = request.headers.join("\n");
        expect(headers).toContain("X-Trace\nkept");
        expect(headers).not.toMatch(/c2VjcmV0|a=b/);
      }
      expect(await allEvents(engine)).toEqual([]);

      const release = (requestId: string) => releaseRequest(engine, settings, { requestId });
      expect((await release(kept[0]?.id ?? "")).kind).toBe("still-rejected");
      process.env["R_REJECTED"] = "whsec_right";
      const kinds: string[] = [];
      for (const { id } of kept) kinds.push((await release(id)).kind);
      expect(kinds).toEqual([...Array(5).fill("released"), "still-rejected"]);
      expect((await release(kept[0]?.id ?? "")).kind).toBe("not-rejected");
      const released = await allEvents(engine);
      const bodies = await Promise.all(released.map((event) => bytesOfEvent(engine, event)));
      expect(bodies.map(String)).toEqual(events.map(({ body }) => body));
    });
    await until("their deliveries", () => sink.arrivals.length === 5);
    const arrived = sink.arrivals.map(({ body }) => String(body));
    expect(arrived.toSorted()).toEqual(events.map(({ body }) => body).toSorted());
    expect(sink.faults).toEqual([]);
    await sink.close();
  });

  test("is kept within bounds per source and address, the newest", async () => {
    process.env["R_BOUNDED"] = "whsec_bounded";
    gateway = await runHere({
      sources: { stripe: stripe({ path: "/in", secrets: [secret("R_BOUNDED")] }) },
      destinations: {},
      routes: [],
      limits: { rejectedPerSource: 5, rejectedPerAddress: 3 },
      server: { trustedProxies: ["loopback"] },
    });
    const ids: string[] = [];
    for (const address of ["198.51.100.1", "198.51.100.2", "198.51.100.3"]) {
      for (let time = 0; time < 4; time += 1) {
        const event = stripeEvent({ secret: "whsec_of_a_forger" });
        await post(gateway, event, { "X-Forwarded-For": address });
        ids.push(event.id);
      }
    }
    expect((await post(gateway, stripeEvent({ secret: "whsec_bounded" }))).status).toBe(200);
    await beside(gateway.store, async (engine) => {
      const bodies = await until("the newest five", async () => {
        const kept = await allRequests(engine, { outcome: "rejected" });
        const found = await Promise.all(kept.map(({ id }) => engine.body(id)));
        return String(found.at(-1)).includes(ids.at(-1) ?? "") && found.map(String);
      });
      const keptIds = bodies.map((body) => /"id":"(evt_[^"]+)"/.exec(body)?.[1]);
      expect(keptIds).toEqual([...ids.slice(6, 8), ...ids.slice(9, 12)]);
      expect((await engine.counts()).events).toBe(1);
    });
  });
});
