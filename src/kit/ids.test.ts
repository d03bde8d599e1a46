import { validate, version } from "uuid";
import { describe, expect, it } from "vitest";
import { idMaker, idsFrom, madeAt, placeOf } from "./ids.ts";

const at = 1_790_000_000_123;

function made(count: number, clock: () => number): readonly string[] {
  const newId = idMaker(clock);
  return Array.from({ length: count }, () => newId());
}

describe("ids", () => {
  it("are UUIDs of version 7, each once", () => {
    const ids = made(20_000, Date.now);
    expect(ids.filter((id) => !validate(id) || version(id) !== 7)).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("rise within a millisecond, and when the clock goes back", () => {
    let now = at;
    const ids = made(200_000, () => {
      now -= 1;
      return now;
    });
    expect(ids).toEqual([...ids].sort());
    expect(new Set(ids).size).toBe(ids.length);
    // A millisecond has 4,096; what is more is dated later.
    expect(madeAt(ids[0] ?? "")).toBe(at - 1);
    expect(madeAt(ids.at(-1) ?? "")).toBeLessThan(at + 60);
  });

  it("tell a place of their own, which rises as they do", () => {
    const ids = made(20_000, Date.now);
    const places = ids.map(placeOf);
    expect(places.every(Number.isSafeInteger)).toBe(true);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(new Set(places).size).toBe(ids.length);
    const [last = ""] = made(1, () => Date.UTC(2089, 0));
    expect(Number.isSafeInteger(placeOf(last))).toBe(true);
    expect(placeOf("shop-1")).toBeNaN();
  });

  it("tell when they were made, and lie between the bounds of their time", () => {
    const [id = ""] = made(1, () => at);
    expect(madeAt(id)).toBe(at);
    expect(idsFrom(at) < id && id < idsFrom(at + 1)).toBe(true);
  });

  it("go on after those of before, though the clock was set back", () => {
    const [last = ""] = made(100, () => at).slice(-1);
    const newId = idMaker(() => at - 3_600_000, last);
    const ids = Array.from({ length: 10_000 }, () => newId());
    expect([last, ...ids]).toEqual([last, ...ids].sort());
    expect(ids.map(placeOf).every((place) => place > placeOf(last))).toBe(true);
  });

  it("have places by a clock that begins at 1970 too", () => {
    const ids = made(10, () => 0);
    expect(ids.map(placeOf).every((place) => place > 2 ** 32)).toBe(true);
  });

  it("of two makers in one millisecond differ", () => {
    const ids = [...made(5_000, () => at), ...made(5_000, () => at)];
    expect(new Set(ids).size).toBe(ids.length);
  });
});
