import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { localClients } from "./local-clients.ts";

it("a client changes only from what it is at, as in the table on AWS", async () => {
  const folder = mkdtempSync(join(tmpdir(), "surehook-local-clients-"));
  const clients = localClients(join(folder, "live-clients.db"));
  await clients.add({ connectionId: "one", state: "opening", until: 5, ttl: 0 });
  expect(await clients.hold("one", "b", 1)).toBe(false);
  expect(await clients.leaveOpening("one", 10)).toBe(true);
  expect(await clients.leaveOpening("one")).toBe(false);
  // Held while it resumes and its time isn't up, in the order of their ids.
  expect([await clients.hold("one", "b", 9), await clients.hold("one", "a", 9)]).toEqual([
    true,
    true,
  ]);
  expect(await clients.hold("one", "c", 10)).toBe(false);
  expect(await clients.subscribe("one", ["charge.*"])).toBe(true);
  expect(await clients.hear("one")).toEqual({
    connectionId: "one",
    state: "resuming",
    until: 10,
    types: ["charge.*"],
    held: ["a", "b"],
    said: 1,
  });
  expect(await clients.endResuming("one", 1)).toBe(false);
  expect(await clients.endResuming("one", 2)).toBe(true);
  expect(await clients.get("one")).toMatchObject({ state: "live", held: [] });
  await clients.remove("one");
  expect(await clients.hear("one")).toBeUndefined();
  clients.close();
  rmSync(folder, { recursive: true, force: true });
});
