import { validate, version } from "uuid";
import { describe, expect, it } from "vitest";
import { idMaker, idsFrom, madeAt } from "./ids.ts";

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
    expect(madeAt(ids.at(-1) ?? "")).toBe(at - 1);
  });

  it("tell when they were made, and lie between the bounds of their time", () => {
    const [id = ""] = made(1, () => at);
    expect(madeAt(id)).toBe(at);
    expect(idsFrom(at) < id && id < idsFrom(at + 1)).toBe(true);
  });

  it("of two makers in one millisecond differ", () => {
    const ids = [...made(5_000, () => at), ...made(5_000, () => at)];
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("go on into the next millisecond where the counter ends", () => {
    // It begins below 65,536.
    const newId = idMaker(() => at, 65_536);
    const ids = Array.from({ length: 200_000 }, () => newId());
    expect(ids).toEqual([...ids].sort());
    expect(new Set(ids).size).toBe(ids.length);
    expect(madeAt(ids.at(-1) ?? "")).toBeGreaterThan(at + 1);
  });
});
