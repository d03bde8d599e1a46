/** The lines of a config that are shown for a provider make a source that is right. */
import { expect, it } from "vitest";
import { secret } from "../core/define.ts";
import { judgeGateway } from "../core/judge-gateway.ts";
import { allProviders, configLines, summaryOf } from "./provider-facts.ts";

const named = allProviders.map((provider) => [provider.name, provider] as const);

it.each(named)("the config's lines of %s make a source that is right", async (_, provider) => {
  const summary = await summaryOf(provider);
  const [imported, source] = configLines(summary);
  expect(imported).toBe(`import { ${summary.importedAs} } from "surehook/providers";`);
  const make = new Function(summary.importedAs, "secret", `return { ${source} };`);
  const sources = make(provider, secret);
  const publicUrl = "https://gateway.example.com";
  const judged = judgeGateway({ publicUrl, sources, destinations: {}, routes: [] });
  const mistakes = judged.kind === "mistakes" ? judged.mistakes : [];
  // What only a person knows is left to be filled in.
  const open = summary.needs.map(({ option }) => `sources.${provider.name}.${option}`);
  expect(mistakes.filter(({ path }) => !open.includes(path))).toEqual([]);
});

it("says of each option that a source can't do without what it is for", async () => {
  const needs = async (name: string) => {
    const provider = allProviders.find((one) => one.name === name);
    return provider && (await summaryOf(provider)).needs.map(({ option }) => option);
  };
  expect(await needs("azure-eventgrid-entra")).toEqual(["tenantId"]);
  expect(await needs("braintree")).toEqual(["publicKey"]);
  expect(await needs("ebay")).toEqual(["clientId", "clientSecret"]);
  expect(await needs("gcp-pubsub")).toEqual(["serviceAccount"]);
  expect(await needs("plaid")).toEqual(["clientId"]);
  expect(await needs("stripe")).toEqual([]);
});
