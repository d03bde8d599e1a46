import { afterEach, expect, test, vi } from "vitest";
import { judgeGateway } from "../../src/core/judge-gateway.ts";
import type { Gateway } from "../../src/core/settings.ts";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

async function quickstart(forwardUrl: string): Promise<Gateway> {
  vi.stubEnv("SUREHOOK_FORWARD_URL", forwardUrl);
  const { default: definition } = await import("../../surehook.config.ts");
  const judged = judgeGateway(definition);
  if (judged.kind === "mistakes") throw new Error(JSON.stringify(judged.mistakes));
  return judged.gateway;
}

test("the quickstart has the promised addresses, on port 4242", async () => {
  const { server, sources } = await quickstart("");
  expect(server.port).toBe(4242);
  expect(sources.map(({ path, provider }) => `${path.text} ${provider.name}`)).toEqual([
    "/webhooks/stripe stripe",
    "/webhooks/github github",
    "/webhooks/shopify shopify",
    "/webhook stripe",
    "/webhook hmac",
  ]);
});

test("it logs what it gets, or forwards it where SUREHOOK_FORWARD_URL says so", async () => {
  const logging = await quickstart("");
  expect(logging.destinations.map(({ type }) => type.name)).toEqual(["code"]);
  vi.resetModules();
  const forwarding = await quickstart("http://127.0.0.1:3000/events");
  expect(forwarding.destinations.map(({ type }) => type.name)).toEqual(["http"]);
  expect(forwarding.routes).toEqual([{ from: undefined, types: undefined, to: ["app"] }]);
});
