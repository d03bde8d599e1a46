import { expect, it } from "vitest";
import { secret } from "../core/define.ts";
import { judgeGateway } from "../core/judge-gateway.ts";
import type { Gateway } from "../core/settings.ts";
import { github, stripe } from "../providers/index.ts";
import { examine } from "./diagnose.ts";
import { liveSecrets } from "./secrets.ts";

function gatewayWith(secrets: () => never): Gateway {
  const judged = judgeGateway({
    sources: {
      shops: stripe({ path: "/shop/:tenant", secrets }),
      github: github({ path: "/github", secrets: [secret("NOT_SET")] }),
    },
    destinations: {},
    routes: [],
  });
  if (judged.kind !== "gateway") throw new Error(JSON.stringify(judged.mistakes));
  return judged.gateway;
}

const failing = gatewayWith(() => {
  throw new Error("no such tenant");
});
const late = gatewayWith((async () => []) as never);
const [shops] = failing.sources;

it.each([
  ["fails", failing, "failed: no such tenant"],
  ["gives a promise", late, "must say at once"],
])("a source's function of secrets that %s is told with the source's name", (_, gateway, text) => {
  const [source = shops as NonNullable<typeof shops>] = gateway.sources;
  const read = () => liveSecrets(() => undefined)(source, { tenant: "zz" });
  expect(read).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  expect(read).toThrow(`secrets() of sources.shops`);
  expect(read).toThrow(text);
});

it("the requests of another source are explained all the same", async () => {
  const source = failing.sources.find(({ name }) => name === "github");
  if (source === undefined) throw new Error("The gateway has a source github.");
  const request = {
    id: "r",
    source: "github",
    receivedAt: 0,
    method: "POST",
    path: "/github",
    query: "",
    params: {},
    headers: ["X-Hub-Signature-256", `sha256=${"0".repeat(64)}`],
    body: Buffer.from("{}"),
    remoteAddress: "192.0.2.1",
  };
  expect(await examine(failing, { request, source, now: 0 })).toMatchObject({
    verdict: "rejected",
  });
});
