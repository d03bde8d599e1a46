/** The form of a route at live clients: what is sent live, and what is sent again to one that comes back. */
import { afterEach, expect, test } from "vitest";
import { allDeliveries, beside } from "../support/kept.ts";
import { type LiveGateway, runLive } from "../support/live-gateway.ts";
import { joinLive } from "../support/live-peer.ts";
import { until } from "../support/until.ts";

let gateway: LiveGateway;

afterEach(() => gateway.end());

test("a client gets the standard form, live and when it resumes", async () => {
  gateway = await runLive({}, { routes: [{ to: "screens", form: "standard" }] });
  const protocols = ["surehook.v1"];
  const first = await joinLive(gateway.live, { protocols, saying: { subscribe: ["*"] } });
  await first.have(1);
  const last = await gateway.post('{"n":0}');
  await first.have(2);
  const live = await gateway.post('{"n":1}');
  await first.have(3);
  await until("both deliveries", async () => {
    const all = await beside(gateway.store, allDeliveries);
    return all.length === 2 && all.every(({ state }) => state === "delivered");
  });
  const second = await joinLive(gateway.live, { protocols, saying: { resume: last } });
  await second.have(2);
  const expected = {
    id: live,
    source: "any",
    provider: "hmac",
    type: "order.paid",
    timestamp: expect.any(Number),
    payload: { n: 1 },
  };
  expect(first.events().at(-1)).toMatchObject({ id: live, payload: expected });
  expect(second.events()).toEqual([first.events().at(-1)]);
  await first.leave();
  await second.leave();
});
