import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { DestinationDefinition, SourceOptions } from "./define.ts";
import { defineGateway, defineProvider, secret } from "./define.ts";
import { judgeGateway } from "./judge-gateway.ts";
import type { Mistake } from "./mistakes.ts";
import { patientRetry, shortRetry } from "./retry.ts";
import type { Gateway } from "./settings.ts";

/** A provider whose requests carry one mark. */
function providerOf(mark: string | undefined, retries = true) {
  return defineProvider<{ readonly version?: "v1" | "v2" }>({
    name: "test",
    title: "Test",
    docs: "https://example.com",
    evidence: { kind: "unconfirmed", source: "made up" },
    retries,
    toleranceSeconds: 120,
    maxBodyBytes: 1_000,
    settings: { version: z.enum(["v1", "v2"]).optional() },
    marks: () => (mark === undefined ? [] : [mark]),
    verify: () => ({ kind: "verified", secret: "S" }),
    sign: () => ({ headers: {} }),
    identify: () => ({ type: "t", dedupe: { by: "content" } }),
  });
}

const test = providerOf("x-test");
const secrets = [secret("S")];
const shop = test({ path: "/shop", secrets });
const sink = (options: object = {}): DestinationDefinition => ({
  kind: "destination",
  type: {
    name: "sink",
    title: "Sink",
    settings: { url: z.url().optional() },
    concurrency: 4,
    open: () => Promise.reject(new Error("not opened here")),
  },
  options,
});
const crm = sink();

function gatewayOf(definition: unknown): Gateway {
  const judged = judgeGateway(definition);
  if (judged.kind !== "gateway") throw new Error(JSON.stringify(judged.mistakes));
  return judged.gateway;
}

function mistakesOf(definition: unknown): readonly Mistake[] {
  const judged = judgeGateway(definition);
  return judged.kind === "mistakes" ? judged.mistakes : [];
}

const pathsOf = (definition: unknown) => mistakesOf(definition).map(({ path }) => path);
const withShop = (options: object) => ({
  sources: { shop: test({ path: "/shop", secrets, ...options } as SourceOptions) },
  destinations: { crm },
  routes: [],
});

describe("a gateway's definition", () => {
  it("becomes a gateway with every default filled in", () => {
    const routes = [{ from: "shop", to: ["crm"] }];
    const gateway = gatewayOf({ sources: { shop }, destinations: { crm }, routes });
    expect(gateway.sources[0]).toMatchObject({
      name: "shop",
      unsigned: false,
      toleranceSeconds: 120,
      maxBodyBytes: 1_000,
      overLimit: "reject",
      marks: ["x-test"],
    });
    expect(gateway.sources[0]?.dedupeMs).toBeUndefined();
    expect(gateway.destinations[0]?.pacing).toEqual({
      concurrency: 4,
      timeoutMs: 30_000,
      retry: patientRetry,
    });
    expect(gateway.routes).toEqual([{ from: ["shop"], types: undefined, to: ["crm"] }]);
    expect(gateway.retentionMs).toBe(30 * 86_400_000);
    expect(gateway.limits).toMatchObject({ rejectedPerSource: 1_000, rejectedPerAddress: 100 });
  });

  it("takes what it says over the defaults", () => {
    const rateLimit = { requests: 5, perSeconds: 2 };
    const options = { toleranceSeconds: 0, dedupeSeconds: 0, rateLimit, version: "v2" };
    const gateway = gatewayOf({
      ...withShop(options),
      destinations: { crm: sink({ timeoutSeconds: 1.5, concurrency: 9, retry: "short" }) },
      publicUrl: "https://hooks.example.com/",
    });
    expect(gateway.sources[0]).toMatchObject({
      toleranceSeconds: 0,
      dedupeMs: 0,
      rateLimit: { tokens: 5, perMs: 2_000 },
    });
    const pacing = { concurrency: 9, timeoutMs: 1_500, retry: shortRetry };
    expect(gateway.destinations[0]?.pacing).toEqual(pacing);
    expect(gateway.publicUrl).toBe("https://hooks.example.com");
  });

  it("accepts past the rate where the sender doesn't try again", () => {
    const source = providerOf("x-once", false)({ path: "/once", secrets });
    const gateway = gatewayOf({ sources: { source }, destinations: {}, routes: [] });
    expect(gateway.sources[0]?.overLimit).toBe("accept");
  });
});

describe("mistakes", () => {
  it("are all told at once, each with its path", () => {
    const paths = pathsOf({
      sources: {
        shop: test({ path: "shop", secrets, toleranceSeconds: -1 }),
        "1st": shop,
        plain: { path: "/x" },
        open: test({ path: "/open" }),
      },
      destinations: { crm: sink({ concurrency: 0, url: "no address" }), text: "crm" },
      routes: [{ from: "shp", to: ["crm", "scren"] }, "crm"],
      server: { port: 70_000 },
      sorces: {},
    });
    expect([...paths].sort()).toEqual(
      [
        "server.port",
        "sorces",
        "sources.shop.path",
        "sources.shop.toleranceSeconds",
        "sources.1st",
        "sources.plain",
        "sources.open.secrets",
        "destinations.crm.concurrency",
        "destinations.crm.url",
        "destinations.text",
        "routes[0].from",
        "routes[0].to",
        "routes[1]",
      ].sort(),
    );
  });

  it("in names of a route are told beside what else is wrong with it", () => {
    const routes = [{ from: "shp", to: "cmr", orderBy: "x", types: [] }];
    const paths = pathsOf({ sources: { shop }, destinations: { crm }, routes });
    expect([...paths].sort()).toEqual([
      "routes[0].from",
      "routes[0].orderBy",
      "routes[0].to",
      "routes[0].types",
    ]);
  });

  it("in names of routes come with a hint", () => {
    const definition = {
      sources: { shop },
      destinations: { crm },
      routes: [{ from: ["shop", "shp"], to: "cmr" }],
    };
    expect(mistakesOf(definition)).toEqual([
      {
        path: "routes[0].from",
        expected: 'the name of a source, not "shp"',
        hint: 'did you mean "shop"?',
      },
      {
        path: "routes[0].to",
        expected: 'the name of a destination, not "cmr"',
        hint: 'did you mean "crm"?',
      },
    ]);
  });

  it("in names of secrets are those of the gateway's own", () => {
    const named = ["SUREHOOK_KEY", "SUREHOOK_ORIGIN", "made", "SUREHOOK", "mademoiselle"];
    const mistakes = mistakesOf(withShop({ secrets: named.map((name) => secret(name)) }));
    expect(mistakes.map(({ path }) => path)).toEqual(
      [0, 1, 2].map((at) => `sources.shop.secrets[${at}].name`),
    );
    expect(mistakes[0]?.expected).toContain(named.slice(0, 3).join("`, `"));
  });

  it("in option names come with a hint, at every depth", () => {
    const hints = mistakesOf({ ...withShop({ toleranceSecond: 1 }), server: { prt: 1 } });
    expect(hints).toContainEqual({
      path: "sources.shop.toleranceSecond",
      expected: "no option of this name",
      hint: 'did you mean "toleranceSeconds"?',
    });
    expect(hints).toContainEqual({
      path: "server.prt",
      expected: "no option of this name",
      hint: 'did you mean "port"?',
    });
    expect(mistakesOf(withShop({ versoin: "v1" }))[0]?.hint).toBe('did you mean "version"?');
    expect(mistakesOf(withShop({ version: "v3" }))[0]).toMatchObject({
      path: "sources.shop.version",
      hint: 'did you mean "v1"?',
    });
  });

  it("in options of several forms come with the hint of the form that was meant", () => {
    const destinationOf = (options: object) =>
      mistakesOf({ sources: { shop }, destinations: { crm: sink(options) }, routes: [] });
    expect(destinationOf({ retry: "patent" })).toEqual([
      {
        path: "destinations.crm.retry",
        expected:
          '"patient" or "short", or { attempts, firstDelayMs, maxDelayMs, maxAgeHours, jitter }',
        hint: 'did you mean "patient"?',
      },
    ]);
    expect(destinationOf({ retry: { attemps: 3 } })).toEqual([
      {
        path: "destinations.crm.retry.attemps",
        expected: "no option of this name",
        hint: 'did you mean "attempts"?',
      },
    ]);
    expect(destinationOf({ retry: 5 })[0]?.hint).toBe("got a number");
    expect(destinationOf({ timeout: 5 })[0]?.hint).toBe('did you mean "timeoutSeconds"?');
    expect(mistakesOf(withShop({ secrets: ["whsec_abc"] }))).toEqual([
      {
        path: "sources.shop.secrets[0]",
        expected: 'a secret by its name: secret("NAME"), in JSON { "secret": "NAME" }',
        hint: "got a text",
      },
    ]);
    const routes = [{ form: "shop", to: "crm" }, { to: [] }];
    expect(mistakesOf({ ...withShop({}), routes })).toMatchObject([
      { path: "routes[0].form", hint: 'did you mean "from"?' },
      { path: "routes[1].to", expected: "at least 1 in the list", hint: "got an empty list" },
    ]);
  });

  it("are told in words for people", () => {
    const told = JSON.stringify([
      mistakesOf({
        sources: [],
        destinations: 1,
        routes: {},
        publicUrl: "x",
        server: { port: 1.5 },
      }),
      mistakesOf(withShop({ maxBodyBytes: 0, path: 1, allowIps: "10.0.0.1", unsigned: "yes" })),
    ]);
    expect(told).not.toMatch(/Invalid|record|"expected":"(int|string|array|boolean|object)"/);
    expect(told).toContain("an address that begins with https:// or http://");
    expect(told).toContain("a whole number");
  });

  it("leave the other parts to be looked at more closely", () => {
    const judged = judgeGateway({
      sources: { shop: test({ path: "shop", secrets, allowIps: ["10.0.0.1"] }), other: shop },
      destinations: { crm, wrong: sink({ concurrency: 0 }) },
      routes: [],
      server: { port: -1, trustedProxies: ["loopback"] },
    });
    if (judged.kind !== "mistakes") throw new Error("The definition has mistakes.");
    expect(judged.parts.sources).toMatchObject([
      { name: "shop", secrets, allowIps: ["10.0.0.1"] },
      { name: "other", secrets },
    ]);
    expect(judged.parts.destinations.map(({ name }) => name)).toEqual(["crm"]);
    expect(judged.parts.server.trustedProxies).toEqual(["loopback"]);
  });

  it("of one option hide no clash with another source, nor with live clients", () => {
    const live = {
      ...crm,
      type: { ...crm.type, settings: { path: z.string() }, path: () => "/shop" },
      options: { path: "/shop", concurrency: 0 },
    };
    const paths = pathsOf({
      sources: {
        shop: test({ path: "/shop", secrets, tolerance: 3 } as SourceOptions),
        again: test({ path: "/shop", secrets, maxBodyBytes: 0 }),
      },
      destinations: { live },
      routes: [],
    });
    expect(paths.toSorted()).toEqual([
      "destinations.live.concurrency",
      "destinations.live.path",
      "sources.again.maxBodyBytes",
      "sources.again.path",
      "sources.shop.tolerance",
    ]);
  });

  it("of one option hide no clash between others, unless that follows from it", () => {
    const own = {
      ...providerOf("x-own"),
      settings: {
        version: z.enum(["v1", "v2"]).optional(),
        first: z.string().optional(),
        second: z.string().optional(),
      },
      conflicts: ({ first, second }: { readonly first?: string; readonly second?: string }) =>
        first !== undefined && second !== undefined
          ? [
              { option: "second", expected: "nothing", from: ["first", "second"] },
              { option: "version", expected: "another" },
            ]
          : [],
    };
    const clashing = defineProvider<object>(own);
    const paths = (options: object) =>
      pathsOf({
        sources: { shop: clashing({ path: "/shop", secrets, ...options }) },
        destinations: {},
        routes: [],
      });
    const both = { first: "a", second: "b" };
    expect(paths(both)).toEqual(["sources.shop.second", "sources.shop.version"]);
    expect(paths({ ...both, version: "v3" })).toEqual([
      "sources.shop.version",
      "sources.shop.second",
    ]);
    expect(paths({ ...both, first: 1 })).toEqual(["sources.shop.first"]);
    expect(paths({ frist: "a", ...both })).toEqual(["sources.shop.frist"]);
  });

  it("of a route that names its sides otherwise are told what they are called", () => {
    const routes = [{ source: "shop", destination: "crm" }];
    expect(mistakesOf({ ...withShop({}), routes }).map(({ hint }) => hint)).toEqual([
      'did you mean "from"?',
      'did you mean "to"?',
    ]);
  });

  it("are options that are no object, with how they are given", () => {
    const call = test as unknown as (path: string) => unknown;
    const sources = { shop: call("/shop") };
    const destinations = { crm: sink("https://example.com" as unknown as object) };
    expect(mistakesOf({ sources, destinations, routes: [] })).toEqual([
      {
        path: "sources.shop",
        expected: "its options in one object: test({ … })",
        hint: "got a text",
      },
      {
        path: "destinations.crm",
        expected: "its options in one object: sink({ … })",
        hint: "got a text",
      },
    ]);
  });

  it("in the name of a provider hide nothing of its source", () => {
    const options = { path: "shop", versoin: "v1", dedupeSeconds: 1e9 };
    const paths = (meant: unknown) =>
      pathsOf({
        sources: { health: { kind: "misnamed", of: "source", meant, options } },
        destinations: {},
        routes: [],
        retention: { days: 0 },
      }).toSorted();
    const always = [
      "retention.days",
      "sources.health",
      "sources.health.dedupeSeconds",
      "sources.health.path",
      "sources.health.secrets",
    ];
    expect(paths(undefined)).toEqual(always);
    expect(paths(test)).toEqual([...always, "sources.health.versoin"]);
  });

  it("tell that a sender's address must be known, whatever else is wrong", () => {
    const signing = defineProvider({ ...providerOf("x-url"), signsUrl: () => true });
    const paths = pathsOf({
      sources: { shop: signing({ path: "/shop", secrets, maxBodyBytes: 0 }) },
      destinations: 1,
      routes: [],
    });
    expect(paths.toSorted()).toEqual(["destinations", "publicUrl", "sources.shop.maxBodyBytes"]);
  });

  it("of a source don't hide that it takes another's path", () => {
    const second = test({ path: "/shop", unsigned: false, dedupeSeconds: 1e9 });
    const paths = pathsOf({ sources: { shop, second }, destinations: {}, routes: [] });
    expect(paths.toSorted()).toEqual([
      "sources.second.dedupeSeconds",
      "sources.second.path",
      "sources.second.secrets",
    ]);
  });

  it("are names that stand twice in a route", () => {
    const routes = [{ from: ["shop", "shop"], to: ["crm", "crm"] }];
    expect(pathsOf({ ...withShop({}), routes })).toEqual(["routes[0].from", "routes[0].to"]);
  });

  it("say of what is not available yet that it isn't", () => {
    for (const key of ["once", "filter", "orderBy"]) {
      const [mistake] = mistakesOf(withShop({ [key]: {} }));
      expect(mistake).toMatchObject({ path: `sources.shop.${key}`, hint: "remove it" });
      expect(mistake?.expected).toContain("not available yet");
    }
    const routes = [{ to: "crm", orderBy: "payload.id" }];
    expect(mistakesOf({ ...withShop({}), routes })[0]).toMatchObject({ path: "routes[0].orderBy" });
  });

  it("are a form beside a transform, and a form that an earlier route leaves nothing for", () => {
    const wrong = (...routes: readonly object[]) => pathsOf({ ...withShop({}), routes });
    const standard = { to: "crm", form: "standard" };
    expect(wrong({ ...standard, transform: "./t.ts" })).toEqual(["routes[0].form"]);
    expect(wrong({ to: "crm", form: "xml" })).toEqual(["routes[0].form"]);
    expect(wrong({ to: "crm", transform: 5 })).toEqual(["routes[0].transform"]);
    expect(wrong(standard, { to: "crm" })).toEqual(["routes[1]"]);
    const narrow = { ...standard, types: ["a.b", "c.*"] };
    expect(wrong({ to: "crm", types: ["a.*", "c.*"] }, narrow)).toEqual(["routes[1]"]);
    expect(wrong({ to: "crm", from: "shop" }, { ...standard, from: "shop" })).toEqual([
      "routes[1]",
    ]);
  });

  it("are not routes of which the first wins for some events only", () => {
    const right = (...routes: readonly object[]) => gatewayOf({ ...withShop({}), routes }).routes;
    const standard = { to: "crm", form: "standard" };
    expect(right({ ...standard, types: ["a.*"] }, { to: "crm" })).toHaveLength(2);
    expect(right({ ...standard, types: ["a.*"] }, { to: "crm", types: ["a.*", "b"] })).toHaveLength(
      2,
    );
    expect(right({ ...standard, from: "shop" }, { to: "crm" })).toHaveLength(2);
    expect(right({ to: "crm", form: "raw" }, { to: "crm" })).toHaveLength(2);
    expect(right({ to: "crm", transform: "./t.ts" })[0]).toMatchObject({ transform: "./t.ts" });
  });

  it("are a sender that signs an address which the gateway doesn't know", () => {
    const signing = defineProvider<{ readonly version?: "v1" | "v2" }>({
      ...providerOf("x-signed"),
      signsUrl: ({ version }) => version !== "v2",
    });
    const config = (source: object, more = {}) => ({
      sources: { signing: source },
      destinations: {},
      routes: [],
      ...more,
    });
    const path = "/signed";
    expect(pathsOf(config(signing({ path, secrets })))).toEqual(["publicUrl"]);
    gatewayOf(config(signing({ path, secrets }), { publicUrl: "https://hooks.example.com" }));
    gatewayOf(config(signing({ path, secrets, version: "v2" })));
    gatewayOf(config(signing({ path, unsigned: true })));
  });

  it("never show a value, which may be a secret in the wrong place", () => {
    const told = JSON.stringify(mistakesOf(withShop({ secrets: "whsec_abc" })));
    expect(told).toContain("sources.shop.secrets");
    expect(told).not.toContain("whsec_abc");
  });

  it("are found in anything that is no definition at all", () => {
    for (const nothing of [undefined, null, 1, "text", [], {}, { sources: [] }]) {
      expect(mistakesOf(nothing).length).toBeGreaterThan(0);
    }
    const empty = { sources: {}, destinations: {}, routes: [] };
    expect(pathsOf(empty)).toEqual(["sources"]);
  });
});

describe("names", () => {
  it("are of letters, digits, - and _, and begin with a letter", () => {
    const sourcesOf = (name: string) => ({ ...withShop({}), sources: { [name]: shop } });
    for (const good of ["a", "shop-2", "Shop_B", "a".repeat(64)]) {
      expect([good, pathsOf(sourcesOf(good))]).toEqual([good, []]);
    }
    for (const bad of ["", "2a", "a.b", "a b", "é", "health", "a".repeat(65)]) {
      expect([bad, pathsOf(sourcesOf(bad))]).toEqual([bad, [`sources.${bad}`]]);
    }
    const destinations = { "a.b": crm };
    expect(pathsOf({ ...withShop({}), destinations })).toEqual(["destinations.a.b"]);
  });
});

describe("a path", () => {
  const both = (first: object, second: object) =>
    pathsOf({ sources: { first, second }, destinations: {}, routes: [] });
  const at = (path: string, mark: string | undefined) => providerOf(mark)({ path, secrets });

  it("may be shared where each source has a mark of its own", () => {
    expect(both(at("/hook", "x-a"), at("/hook", "x-b"))).toEqual([]);
    expect(both(at("/hook", "x-a"), at("/hook", "x-a"))).toEqual(["sources.second.path"]);
    expect(both(at("/hook", "x-a"), at("/hook", undefined))).toEqual(["sources.second.path"]);
    expect(both(at("/a", "x-a"), at("/b", "x-a"))).toEqual([]);
  });

  it("with parameters is shared under the same names only", () => {
    expect(both(at("/h/:tenant", "x-a"), at("/h/:tenant", "x-b"))).toEqual([]);
    expect(both(at("/h/:tenant", "x-a"), at("/h/:shop", "x-b"))).toEqual(["sources.second.path"]);
  });

  it("is not one that the gateway answers itself", () => {
    for (const path of ["/health/live", "/health/ready", "/webhooks/health"]) {
      expect(pathsOf(withShop({ path }))).toEqual(["sources.shop.path"]);
    }
  });
});

describe("the compiler", () => {
  it("checks the names in routes", () => {
    const sources = { shop };
    const destinations = { crm };
    defineGateway({ sources, destinations, routes: [{ from: "shop", to: ["crm"] }] });
    // @ts-expect-error: no source of that name
    defineGateway({ sources, destinations, routes: [{ from: "shp", to: "crm" }] });
    // @ts-expect-error: no source of that name in a list
    defineGateway({ sources, destinations, routes: [{ from: ["shop", "x"], to: "crm" }] });
    // @ts-expect-error: no destination of that name
    defineGateway({ sources, destinations, routes: [{ from: "shop", to: "cmr" }] });
    // @ts-expect-error: no such version of the provider
    test({ path: "/shop", secrets, version: "v3" });
    expect(test.name).toBe("test");
  });
});
