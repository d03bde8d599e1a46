/** What is said of a refused handshake when it is looked at, and what a release makes of it. */
import { createHmac } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { examineKept } from "../../src/app/diagnose.ts";
import { releaseRequest } from "../../src/app/operate.ts";
import { secret } from "../../src/core/define.ts";
import { meta, x, zoom } from "../../src/providers/index.ts";
import { type LocalGateway, runHere } from "../support/in-process.ts";
import { allRequests, beside } from "../support/kept.ts";
import { exchangeOnce } from "../support/raw-http.ts";
import { until } from "../support/until.ts";

let gateway: LocalGateway;

beforeAll(async () => {
  Object.assign(process.env, { G_SECRET: "of_the_sender", G_TOKEN: "wrong" });
  const secrets = [secret("G_SECRET")];
  gateway = await runHere({
    sources: {
      meta: meta({ path: "/meta", secrets, verifyToken: secret("G_TOKEN") }),
      x: x({ path: "/x", secrets }),
      zoom: zoom({ path: "/zoom", secrets }),
    },
    destinations: {},
    routes: [],
  });
});

afterAll(() => gateway.end());

const asking = "/meta?hub.mode=subscribe&hub.challenge=12&hub.verify_token=right";

/** As Zoom asks for the signature of a token. */
function ask(plainToken: string, by: string) {
  const body = JSON.stringify({ event: "endpoint.url_validation", payload: { plainToken } });
  const at = Math.floor(Date.now() / 1000);
  const signature = createHmac("sha256", by).update(`v0:${at}:${body}`).digest("hex");
  const headers = { "x-zm-request-timestamp": String(at), "x-zm-signature": `v0=${signature}` };
  return { path: "/zoom", headers, body };
}

test("a refused handshake is told as one, and nothing can be released of it", async () => {
  const refused = [
    { method: "GET", path: asking },
    { method: "GET", path: "/x?crc_token=%7B%7D" },
    ask("a b", "of_the_sender"),
    ask("abc", "of_another"),
  ];
  for (const request of refused) {
    expect((await exchangeOnce(gateway.port, request)).status).toBe(401);
  }
  await beside(gateway.store, async (engine) => {
    const kept = await until("what was refused", async () => {
      const found = await allRequests(engine, { outcome: "rejected" });
      return found.length === refused.length && found;
    });
    const look = () =>
      Promise.all(
        kept.map(async (one) => {
          const body = (await engine.body(one.id)) ?? Buffer.alloc(0);
          return examineKept(gateway.gateway, { kept: one, body });
        }),
      );
    const before = await look();
    expect(before.map(({ causes }) => causes.map(({ kind }) => kind))).toEqual([
      ["handshake"],
      ["handshake"],
      ["handshake"],
      ["unknown"],
    ]);
    expect(before[0]?.causes[0]?.text).toContain("not the source's verifyToken");
    Object.assign(process.env, { G_SECRET: "of_another", G_TOKEN: "right" });
    const after = await look();
    const answered = after.map((one) => one.verdict === "handshake");
    expect(answered).toEqual([true, false, false, true]);
    const kinds: string[] = [];
    for (const { id } of kept) {
      kinds.push((await releaseRequest(engine, gateway.gateway, { requestId: id })).kind);
    }
    expect(kinds).toEqual(["handshake", "still-rejected", "still-rejected", "handshake"]);
  });
});
