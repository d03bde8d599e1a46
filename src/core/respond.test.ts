import { describe, expect, it } from "vitest";
import type { SourceDefinition } from "./define.ts";
import { defineProvider, secret } from "./define.ts";
import { judgeGateway } from "./judge-gateway.ts";
import { answerOfJson, respondOf } from "./respond.ts";
import type { ProviderFacts } from "./types.ts";

const facts: ProviderFacts<object> = {
  name: "test",
  title: "Test",
  docs: "https://example.com",
  evidence: { kind: "unconfirmed", source: "made up" },
  marks: () => ["x-test"],
  verify: () => ({ kind: "verified", secret: "S" }),
  sign: () => ({ headers: {} }),
  identify: () => ({ type: "t", dedupe: { by: "content" } }),
};
const single = defineProvider({ ...facts, deadlineSeconds: 3 });
const batching = defineProvider({ ...facts, batch: { items: ["*"], id: [], type: [] } });

const inSources = (path: string): string => `sources.${path}`;

const options = (respond: unknown) =>
  ({ path: "/in", secrets: [secret("S")], respond }) as SourceDefinition["options"];

const judged = (source: SourceDefinition) =>
  judgeGateway({ sources: { source }, destinations: {}, routes: [] });

const mistakesOf = (source: SourceDefinition): readonly string[] => {
  const judgement = judged(source);
  return judgement.kind === "mistakes" ? judgement.mistakes.map(({ path }) => path) : [];
};

const respondIn = (source: SourceDefinition) => {
  const judgement = judged(source);
  return judgement.kind === "gateway" ? judgement.gateway.sources[0]?.respond : undefined;
};

describe("a source's module", () => {
  it("has the provider's deadline but for a margin, or the one that it is given", () => {
    expect(respondIn(single(options("./a.ts")))?.withinMs).toBe(2_500);
    const given = { module: "./a.ts", deadlineSeconds: 1 };
    expect(respondIn(single(options(given)))?.withinMs).toBe(750);
    expect(respondOf("./a.ts").withinMs).toBe(4_500);
  });

  it("is a path, an address, a function, or any of these with more beside it", () => {
    const load = async () => ({});
    const url = new URL("file:///a.ts");
    for (const module of ["./a.ts", url, load]) {
      for (const respond of [module, { module, isolation: "none", memoryMb: 64 }]) {
        expect(respondIn(single(options(respond)))?.module).toBe(module);
      }
    }
    expect(respondIn(single(options(load)))).toMatchObject({ isolation: "worker", memoryMb: 512 });
    expect(respondIn(single({ path: "/in", secrets: [secret("S")] }))).toBeUndefined();
  });

  it("is a mistake in another form, and where a request may tell several events", () => {
    expect(mistakesOf(batching(options("./a.ts")))).toEqual([inSources("source.respond")]);
    expect(mistakesOf(single(options(5)))).toEqual([inSources("source.respond")]);
    const wrong = {
      module: "./a.ts",
      deadlineSeconds: 0,
      fallback: { status: 700, headers: { connection: "close", "x-a": "a\nb" } },
    };
    expect(mistakesOf(single(options(wrong))).toSorted()).toEqual(
      [
        "source.respond.deadlineSeconds",
        "source.respond.fallback.headers.connection",
        "source.respond.fallback.headers.x-a",
        "source.respond.fallback.status",
      ].map(inSources),
    );
  });
});

describe("an answer in what a module returned", () => {
  const answered = (value: unknown) => answerOfJson(JSON.stringify(value));

  it("is a text as it is, and anything else as JSON", () => {
    expect(answered({ body: "grüße" })).toEqual({
      status: 200,
      body: "grüße",
      contentType: "text/plain; charset=utf-8",
    });
    expect(answered({ status: 201, body: { a: [1] } })).toEqual({
      status: 201,
      body: '{"a":[1]}',
      contentType: "application/json",
    });
    expect(answered({})).toEqual({ status: 200, body: "" });
  });

  it("has the content type among its headers, where there is one", () => {
    const headers = { "Content-Type": "text/xml" };
    expect(answered({ headers, body: "<a/>" })).toEqual({ status: 200, body: "<a/>", headers });
  });

  it("has no body where its status has none", () => {
    expect(answered({ status: 204, body: "x" })?.body).toBe("");
  });

  it.each([
    null,
    "text",
    [],
    { status: 100 },
    { status: 200.5 },
    { type: 4 },
    { body: 7 },
    { headers: { "Transfer-Encoding": "chunked" } },
    { headers: { "a b": "c" } },
    { headers: { a: "b\r\nc" } },
    { headers: { a: 1 } },
    { body: "x".repeat(1_048_577) },
  ])("isn't there where it could not be sent or kept: %j", (value) => {
    expect(answered(value)).toBeUndefined();
  });
});
