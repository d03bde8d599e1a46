/** Clients that come back: what they missed, in order, without a gap or a repeat where it meets what is live. */
import { afterEach, describe, expect, test } from "vitest";
import { websocket } from "../../src/destinations/index.ts";
import { scratch } from "../support/gateway-process.ts";
import { allDeliveries, beside } from "../support/kept.ts";
import { type LiveGateway, runLive } from "../support/live-gateway.ts";
import { joinLive, type Peer } from "../support/live-peer.ts";
import { until } from "../support/until.ts";

const protocols = ["surehook.v1"];
let gateway: LiveGateway | undefined;
const run = async (...given: Parameters<typeof runLive>): Promise<LiveGateway> => {
  gateway = await runLive(...given);
  return gateway;
};

afterEach(async () => {
  await gateway?.end();
  gateway = undefined;
});

const idsOf = (peer: Peer) => peer.events().map(({ id }) => id);
const post = async (at: LiveGateway, from: number, to: number, type?: string) => {
  const ids: string[] = [];
  for (let n = from; n < to; n += 1) ids.push(await at.post(String(n), type));
  return ids;
};

/** Until then what was posted may still go out live. */
const allDelivered = (at: LiveGateway) =>
  until("the deliveries", async () => {
    const all = await beside(at.store, allDeliveries);
    return all.every(({ state }) => state === "delivered");
  });

/** A client that has had an event, and its id. */
async function seen(at: LiveGateway): Promise<string> {
  const peer = await joinLive(at.live, { protocols, saying: { subscribe: ["*"] } });
  await peer.have(1);
  const id = await at.post('"seen"');
  await peer.have(2);
  await peer.leave();
  return id;
}

test("a client gets what it missed, in order, then what is live", async () => {
  const at = await run();
  const last = await seen(at);
  const missed = await post(at, 0, 30);
  await allDelivered(at);
  const peer = await joinLive(at.live, { protocols, saying: { resume: last } });
  await peer.have(31);
  const live = await post(at, 30, 33);
  await peer.have(34);
  expect(idsOf(peer)).toEqual([...missed, ...live]);
  expect(peer.answers()).toEqual([{ ok: "resume", events: 30 }]);
  expect(JSON.parse(peer.texts()[30] ?? "")).toEqual({ ok: "resume", events: 30 });
});

test("clients that are cut again and again under load get every event once and in order", async () => {
  const at = await run();
  const total = 1_500;
  const first = await seen(at);
  let posted = 0;
  const posting = (async () => {
    const accepted: string[] = [];
    while (posted < total) {
      const bodies = Array.from({ length: 10 }, (_, n) => String(posted + n));
      posted += bodies.length;
      accepted.push(...(await Promise.all(bodies.map((body) => at.post(body)))));
    }
    return accepted.toSorted();
  })();
  const follow = async (impatience: number) => {
    const got: string[] = [];
    let cuts = 0;
    while (got.length < total) {
      const saying = { resume: got.at(-1) ?? first };
      const peer = await joinLive(at.live, { protocols, saying });
      const wanted = Math.min(impatience, total - got.length);
      await until("some events", () => idsOf(peer).length >= wanted, 60_000);
      peer.socket.terminate();
      got.push(...idsOf(peer));
      cuts += 1;
    }
    return { got, cuts };
  };
  const followers = await Promise.all([7, 40, 150, 333].map(follow));
  const accepted = await posting;
  expect(accepted).toHaveLength(total);
  for (const { got, cuts } of followers) {
    expect(got).toEqual(accepted);
    expect(cuts).toBeGreaterThan(1);
  }
}, 180_000);

test("many that come back at once each get what they missed, from where they were", async () => {
  const at = await run();
  const last = await seen(at);
  const missed = [last, ...(await post(at, 0, 20))];
  const posting = post(at, 20, 40);
  const peers = await Promise.all(
    Array.from({ length: 300 }, async (_, n) => {
      const from = n % missed.length;
      const peer = await joinLive(at.live, { protocols, saying: { resume: missed[from] } });
      return { peer, from };
    }),
  );
  const all = [...missed, ...(await posting)];
  for (const { peer, from } of peers) {
    await until("all events", () => idsOf(peer).at(-1) === all.at(-1));
    expect(idsOf(peer)).toEqual(all.slice(from + 1));
  }
});

test("a client that was there before a restart goes on after it", async () => {
  const folder = scratch("live");
  const first = await run({}, { folder });
  const last = await seen(first);
  const missed = await post(first, 0, 5);
  await first.stop();
  const second = await run({}, { folder });
  const peer = await joinLive(second.live, { protocols, saying: { resume: last } });
  const live = await post(second, 5, 7);
  await peer.have(8);
  expect(idsOf(peer)).toEqual([...missed, ...live]);
});

describe("what is resumed", () => {
  test("is only of the topics that are wanted, said together or before", async () => {
    const at = await run();
    const last = await seen(at);
    await post(at, 0, 3, "order.paid");
    const wanted = await post(at, 3, 5, "payment.failed");
    await allDelivered(at);
    const saying = { subscribe: ["payment.*"], resume: last };
    const peer = await joinLive(at.live, { protocols, saying });
    await peer.have(4);
    expect(idsOf(peer)).toEqual(wanted);
    expect(peer.answers()).toEqual([
      { ok: "subscribe", types: ["payment.*"] },
      { ok: "resume", events: 2 },
    ]);
  });

  test("is only what this destination was owed", async () => {
    const at = await run(
      {},
      {
        destinations: {
          screens: websocket({ path: "/live", open: true }),
          secret: websocket({ path: "/secret", open: true }),
        },
        routes: [
          { types: ["public.*"], to: "screens" },
          { types: ["private.*"], to: "secret" },
        ],
      },
    );
    const watching = await joinLive(at.live, { protocols, saying: { subscribe: ["*"] } });
    await watching.have(1);
    const last = await at.post("0", "public.a");
    await watching.have(2);
    await post(at, 0, 3, "private.a");
    const [open] = await post(at, 3, 4, "public.b");
    await watching.have(3);
    const peer = await joinLive(at.live, { protocols, saying: { resume: last } });
    await peer.have(2);
    expect(idsOf(peer)).toEqual([open]);
  });

  test("may be more than the buffer, and goes out at the client's pace", async () => {
    const at = await run({ bufferBytes: 65_536 });
    const last = await seen(at);
    const filler = "x".repeat(100_000);
    const missed: string[] = [];
    for (let n = 0; n < 60; n += 1) missed.push(await at.post(`"${n}${filler}"`));
    // What still goes out live while it resumes is bounded by the buffer.
    await allDelivered(at);
    const peer = await joinLive(at.live, { protocols, saying: { resume: last } });
    await peer.have(61);
    expect(idsOf(peer)).toEqual(missed);
  });

  test("ends where the bound does: then it says so, and live events follow", async () => {
    const at = await run({ resumeEvents: 10 });
    const last = await seen(at);
    const missed = await post(at, 0, 11);
    await allDelivered(at);
    const late = await joinLive(at.live, { protocols, saying: { resume: last } });
    const inTime = await joinLive(at.live, { protocols, saying: { resume: missed[0] } });
    const unknown = await joinLive(at.live, { protocols, saying: { resume: "no such id" } });
    await Promise.all([late.have(1), inTime.have(11), unknown.have(1)]);
    const [live] = await post(at, 11, 12);
    await Promise.all([late.have(2), inTime.have(12), unknown.have(2)]);
    expect(late.answers()).toMatchObject([{ error: "TOO_OLD", resume: last }]);
    expect(unknown.answers()).toMatchObject([{ error: "TOO_OLD", resume: "no such id" }]);
    expect(idsOf(late)).toEqual([live]);
    expect(idsOf(unknown)).toEqual([live]);
    expect(idsOf(inTime)).toEqual([...missed.slice(1), live]);
  });

  test("is asked for first, or it is too late", async () => {
    const at = await run();
    const last = await seen(at);
    const peer = await joinLive(at.live, { protocols, saying: { subscribe: ["*"] } });
    peer.say({ resume: last });
    await peer.have(2);
    expect(peer.answers()[1]).toMatchObject({ error: "TOO_LATE", resume: last });
  });
});
