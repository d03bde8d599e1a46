import { expect } from "vitest";
import type { Engine } from "../../core/engine.ts";
import { binary } from "./builders.ts";
import { dayMs, type Group, type Groups } from "./world.ts";

/** What all instances have in common: rates, sealed values, topics. */
export const sharingGroups: Groups = [
  ["a rate", rates],
  ["a sealed value", sealedValues],
  ["a topic", topics],
];

function rates({ behaviour }: Group): void {
  const rate = { tokens: 10, perMs: 1_000 };
  behaviour("may be spent at once and then says how long to wait", async ({ engine, clock }) => {
    for (let n = 0; n < 10; n += 1) expect(await engine.take("b", rate, 1)).toBe(0);
    const wait = await engine.take("b", rate, 1);
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(100);
    clock.now += Math.ceil(wait);
    expect(await engine.take("b", rate, 1)).toBe(0);
    expect(await engine.take("b", rate, 1)).toBeGreaterThan(0);
  });
  behaviour("refills by the clock, and no further than its size", async ({ engine, clock }) => {
    await engine.take("b", rate, 10);
    clock.now += 500;
    expect(await engine.take("b", rate, 5)).toBe(0);
    expect(await engine.take("b", rate, 1)).toBeGreaterThan(0);
    clock.now += dayMs;
    expect(await engine.take("b", rate, 10)).toBe(0);
    expect(await engine.take("b", rate, 1)).toBeGreaterThan(0);
  });
  behaviour("takes nothing when it refuses", async ({ engine }) => {
    await engine.take("b", rate, 8);
    expect(await engine.take("b", rate, 3)).toBeGreaterThan(0);
    expect(await engine.take("b", rate, 2)).toBe(0);
  });
  behaviour("takes back what is given back, and no more than its size", async ({ engine }) => {
    await engine.take("b", rate, 10);
    expect(await engine.take("b", rate, -1)).toBe(0);
    expect(await engine.take("b", rate, 1)).toBe(0);
    expect(await engine.take("b", rate, 1)).toBeGreaterThan(0);
    await engine.take("b", rate, -100);
    expect(await engine.take("b", rate, 10)).toBe(0);
    expect(await engine.take("b", rate, 1)).toBeGreaterThan(0);
  });
  behaviour("has a bucket for each name", async ({ engine }) => {
    await engine.take("b", rate, 10);
    expect(await engine.take("b:duplicates", rate, 10)).toBe(0);
    expect(await engine.take("b", rate, 1)).toBeGreaterThan(0);
  });
  behaviour("is never overspent by many at once", async ({ engine }) => {
    const takes = Array.from({ length: 40 }, async () => engine.take("b", rate, 1));
    expect((await Promise.all(takes)).filter((wait) => wait === 0)).toHaveLength(10);
  });
}

function sealedValues({ behaviour }: Group): void {
  behaviour("is put once where there was none, and read back", async ({ engine }) => {
    expect(await engine.get("token")).toBeUndefined();
    expect(await engine.put("token", binary(300), 0)).toBe(true);
    const kept = await engine.get("token");
    expect(Buffer.isBuffer(kept?.value) && kept.value.equals(binary(300))).toBe(true);
    expect(kept?.version).toBeGreaterThan(0);
    expect(await engine.put("token", Buffer.from("other"), 0)).toBe(false);
    expect((await engine.get("token"))?.value.equals(binary(300))).toBe(true);
    expect(await engine.get("Token")).toBeUndefined();
  });
  behaviour("changes only for who knows its version", async ({ engine }) => {
    await engine.put("token", Buffer.from("1"), 0);
    const first = (await engine.get("token"))?.version ?? 0;
    expect(await engine.put("token", Buffer.from("2"), first)).toBe(true);
    const second = (await engine.get("token"))?.version ?? 0;
    expect(second).not.toBe(first);
    expect(await engine.put("token", Buffer.from("3"), first)).toBe(false);
    expect(await engine.put("token", Buffer.from("3"), second + 7)).toBe(false);
    expect(await engine.put("unknown", Buffer.from("3"), 1)).toBe(false);
    expect(await engine.get("unknown")).toBeUndefined();
    expect(String((await engine.get("token"))?.value)).toBe("2");
  });
  behaviour("is won by exactly one of many", async ({ engine }) => {
    for (let round = 0; round < 3; round += 1) {
      const version = (await engine.get("token"))?.version ?? 0;
      const puts = Array.from({ length: 20 }, (_, n) =>
        engine.put("token", Buffer.from(`${round}:${n}`), version),
      );
      const won = (await Promise.all(puts)).flatMap((done, n) => (done ? [`${round}:${n}`] : []));
      expect(won).toHaveLength(1);
      expect(String((await engine.get("token"))?.value)).toBe(won[0]);
    }
  });
  behaviour("may be empty", async ({ engine }) => {
    await engine.put("token", Buffer.alloc(0), 0);
    expect((await engine.get("token"))?.value).toHaveLength(0);
  });
}

function topics({ behaviour }: Group): void {
  /** A listener, and a promise of its next message. */
  const inbox = (engine: Engine, topic: string) => {
    const heard: string[] = [];
    let wake: () => void = () => {};
    const unlisten = engine.listen(topic, (message) => {
      heard.push(message);
      wake();
    });
    const until = (count: number): Promise<void> =>
      heard.length >= count
        ? Promise.resolve()
        : new Promise<void>((resolve) => {
            wake = resolve;
          }).then(() => until(count));
    return { heard, unlisten, until };
  };
  behaviour("reaches everyone who listens to it, in order", async ({ engine }) => {
    const [one, two, other] = [inbox(engine, "a"), inbox(engine, "a"), inbox(engine, "b")];
    for (const text of ["1", '{"☕":"é"}', ""]) await engine.publish("a", text);
    await engine.publish("b", "b");
    await Promise.all([one.until(3), two.until(3), other.until(1)]);
    expect([one.heard, two.heard]).toEqual([
      ["1", '{"☕":"é"}', ""],
      ["1", '{"☕":"é"}', ""],
    ]);
    expect(other.heard).toEqual(["b"]);
  });
  behaviour("is silent for who stopped listening", async ({ engine }) => {
    const [gone, stays] = [inbox(engine, "a"), inbox(engine, "a")];
    await engine.publish("a", "1");
    await Promise.all([gone.until(1), stays.until(1)]);
    gone.unlisten();
    gone.unlisten();
    await engine.publish("a", "2");
    await stays.until(2);
    expect([gone.heard, stays.heard]).toEqual([["1"], ["1", "2"]]);
  });
  behaviour("may have nobody who listens", async ({ engine }) => {
    await expect(engine.publish("nobody", "1")).resolves.toBeUndefined();
  });
}
