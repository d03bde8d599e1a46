/** What a person does beside a gateway that runs: replay, pause, resume, cancel, release. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GatewayFolder, until } from "./gateway-folder.ts";

let folder: GatewayFolder;

beforeAll(async () => {
  folder = new GatewayFolder();
  await folder.start();
});

afterAll(() => folder.remove());

async function sendOne(type: string): Promise<string> {
  const out = await folder.ok("send", "shop", type, "--url", folder.url);
  return JSON.parse(out.replace(/^200 /, "")).jobId;
}

const runsOf = (id: string): number => folder.seen().filter((one) => one === id).length;

describe("replay", () => {
  test("of an event delivers it again", async () => {
    const id = await sendOne("order.paid");
    await until("the first run", () => runsOf(id) === 1);
    expect(await folder.ok("replay", id)).toBe("1 delivery of 1 event made: 1 to note.\n");
    await until("the second run", () => runsOf(id) === 2);
    const { items } = await folder.json("deliveries", "--event", id);
    expect(items.map(({ origin }: { origin: string }) => origin).sort()).toEqual([
      "replay",
      "route",
    ]);
  });

  test("leads to another destination where one is named", async () => {
    const id = await sendOne("order.paid");
    const { byDestination, made } = await folder.json("replay", id, "--to", "spare");
    expect({ byDestination, made }).toEqual({ byDestination: { spare: 1 }, made: 1 });
    const unknown = await folder.run(["replay", id, "--to", "spar"]);
    expect(unknown.code).toBe(3);
    expect(unknown.err).toContain('Did you mean "spare"?');
  });

  test("of a range says what it would do, wants --yes where nobody can be asked, and goes oldest first", async () => {
    const ids = [await sendOne("range.a"), await sendOne("range.b"), await sendOne("range.c")];
    await until("the first runs", () => ids.every((id) => runsOf(id) === 1));
    const choice = ["replay", "--type", "range.*", "--since", "1h"];
    expect(await folder.ok(...choice, "--dry-run")).toBe(
      "3 deliveries of 3 events would be made: 3 to note.\n",
    );
    const unasked = await folder.run(choice);
    expect(unasked.code).toBe(2);
    expect(unasked.err).toContain("--yes");
    expect(ids.map(runsOf)).toEqual([1, 1, 1]);
    await folder.ok(...choice, "--yes", "--rate", "100");
    await until("the second runs", () => ids.every((id) => runsOf(id) === 2));
  });

  test("passes over what no route sends anywhere", async () => {
    const out = await folder.ok("send", "tenants", "x", "--param", "tenant=a", "--url", folder.url);
    const { jobId } = JSON.parse(out.replace(/^200 /, ""));
    const { code, err } = await folder.run(["replay", jobId]);
    expect(code).toBe(1);
    expect(err).toContain("--to");
  });

  test("of an event that isn't there ends with 3 and replays none of its list", async () => {
    const id = await sendOne("order.paid");
    await until("the first run", () => runsOf(id) === 1);
    expect((await folder.run(["replay", id, "nothing"])).code).toBe(3);
    expect((await folder.json("deliveries", "--event", id)).items).toHaveLength(1);
  });
});

describe("pause", () => {
  test("holds deliveries with the reason, which can be cancelled, until resume", async () => {
    await folder.ok("pause", "note", "--reason", "crm is down", "--for", "2h");
    const [kept, given] = [await sendOne("order.held"), await sendOne("order.held")];
    const held = await folder.run(["deliveries", "--state", "ready"]);
    expect(held.out).toMatch(/ready \(held\) +0 .*crm is down/);
    expect(held.err).toMatch(/Paused: note: crm is down; since .+, until /);
    expect(await folder.ok("check")).toContain("note: crm is down");
    expect((await folder.json("check")).pauses).toMatchObject([
      { destination: "note", cause: "person" },
    ]);

    expect(await folder.ok("deliveries", "cancel", `${given}.note.1`)).toContain("Cancelled");
    const again = await folder.run(["deliveries", "cancel", `${given}.note.1`]);
    expect(again).toEqual({
      code: 1,
      out: `${given}.note.1 is already cancelled.\n`,
      err: "",
    });
    const asJson = await folder.run(["deliveries", "cancel", `${given}.note.1`, "--json"]);
    expect(asJson.code).toBe(1);
    expect(JSON.parse(asJson.out)).toMatchObject({ state: "cancelled", cancelled: false });
    expect(runsOf(kept)).toBe(0);
    expect(await folder.ok("resume", "note")).toBe("Resumed note.\n");
    await until("the held one's run", () => runsOf(kept) === 1);
    const { delivery } = await folder.json("deliveries", "show", `${given}.note.1`);
    expect(delivery).toMatchObject({ state: "cancelled", reason: "cancelled on the command line" });
    expect(runsOf(given)).toBe(0);
  });

  test("of an unknown destination ends with 3, resume of one that isn't paused with 1", async () => {
    const unknown = await folder.run(["pause", "warehouse"]);
    expect(unknown.code).toBe(3);
    expect(unknown.err).toContain("Known: note, spare");
    const resumed = await folder.run(["resume", "note"]);
    expect(resumed).toEqual({ code: 1, out: "note is not paused.\n", err: "Nothing is paused.\n" });
    const asJson = await folder.run(["resume", "note", "--json"]);
    expect(JSON.parse(asJson.out)).toEqual({ destination: "note", resumed: false });
  });
});

describe("requests release", () => {
  test("without anything to release is done", async () => {
    const { code, err } = await folder.run(["requests", "release"]);
    expect(code).toBe(0);
    expect(err).toContain("Nothing to release");
  });

  test("accepts what passes now, in order, and says why the rest does not", async () => {
    const wrong = { env: { SHOP_SECRET: "rotated" } };
    const words = ["send", "shop", "late.paid", "--url", folder.url];
    for (let sent = 0; sent < 3; sent += 1) await folder.run(words, wrong);
    await folder.run(words, { env: { SHOP_SECRET: "forged" } });

    const dry = await folder.run(["requests", "release", "--dry-run"], wrong);
    expect(dry.code).toBe(1);
    expect(dry.out).toContain("3 of 4 requests would be released.");
    expect(dry.out).toContain("1 × INVALID_SIGNATURE");
    expect((await folder.json("events", "--type", "late.*")).items).toEqual([]);

    const { code, out } = await folder.run(["requests", "release", "--json"], wrong);
    expect(code).toBe(1);
    const { released, stillRejected, results } = JSON.parse(out);
    expect({ released, stillRejected }).toEqual({ released: 3, stillRejected: 1 });
    const { items } = await folder.json("events", "--type", "late.*");
    const inOrder = items.map(({ requestId }: { requestId: string }) => requestId).reverse();
    const first = results.slice(0, 3).map(({ requestId }: { requestId: string }) => requestId);
    expect(inOrder).toEqual(first);
    const ids: string[] = items.map(({ id }: { id: string }) => id);
    await until("their runs", () => ids.every((id) => runsOf(id) === 1));

    const again = await folder.run(["requests", "release", first[0]], wrong);
    expect(again.code).toBe(1);
    expect(again.out).toContain("had not been rejected");
  });

  test("of all that fit ends with 1 where none passed, and says why", async () => {
    const { code, out, err } = await folder.run(["requests", "release", "--source", "shop"]);
    expect(code).toBe(1);
    expect(out).toContain("0 of 1 request released.");
    expect(out).toContain("1 × INVALID_SIGNATURE");
    expect(err).toContain("Compare the secret");
  });

  test("of an unknown request ends with 3", async () => {
    expect((await folder.run(["requests", "release", "nothing"])).code).toBe(3);
  });
});
