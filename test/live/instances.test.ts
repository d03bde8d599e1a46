/** Two instances over one store: what one delivers, the clients of both get. */
import { expect, test } from "vitest";
import { historyOf } from "../../src/app/history.ts";
import { contextOf, eventOf, noSignal, parcelOf } from "../../src/destinations/conformance.ts";
import { websocketKind } from "../../src/destinations/websocket.ts";
import { openBeside } from "../support/kept.ts";
import { runLive } from "../support/live-gateway.ts";
import { joinLive } from "../support/live-peer.ts";
import { openLiveServer } from "../support/live-server.ts";

test("a client of another instance gets the event, read from the store, once", async () => {
  const at = await runLive();
  const engine = await openBeside(at.store);
  const open = async () => {
    const { publish, listen } = engine;
    const history = historyOf(engine, "screens");
    const context = contextOf({ name: "screens", publish, listen, history });
    return openLiveServer(await websocketKind.open({ path: "/live", open: true }, context));
  };
  const [one, two] = [await open(), await open()];
  const own = await joinLive(one.live);
  const framed = { protocols: ["surehook.v1"], saying: { subscribe: ["*"] } };
  const other = await joinLive(two.live, framed);
  await other.have(1);
  const ids = [await at.post('{"n":1}'), await at.post('{"n":2}')];
  for (const [n, id] of ids.entries()) {
    const event = await engine.event(id);
    const parcel = parcelOf({
      deliveryId: `${id}.screens.1`,
      event: eventOf(event ?? {}),
      body: Buffer.from(`{"n":${n + 1}}`),
    });
    const outcome = await one.destination.send(parcel, noSignal());
    expect(outcome).toEqual({ kind: "delivered", detail: "1 client" });
  }
  await Promise.all([own.have(2), other.have(3)]);
  expect(own.texts()).toEqual(['{"n":1}', '{"n":2}']);
  expect(other.events().map(({ id, payload }) => [id, payload])).toEqual([
    [ids[0], { n: 1 }],
    [ids[1], { n: 2 }],
  ]);
  await Promise.all([one.end(), two.end()]);
  expect(await other.closed).toMatchObject({ code: 1001 });
  await engine.close();
  await at.end();
});
