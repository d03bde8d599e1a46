import { expect, it } from "vitest";
import { slots } from "./slots.ts";

it("runs as many at once as there are slots, in their order, and goes on after a failure", async () => {
  const inSlot = slots(2);
  const begun: number[] = [];
  const ends = [0, 1, 2, 3].map(() => Promise.withResolvers<number>());
  const results = ends.map(({ promise }, at) =>
    inSlot(async () => {
      begun.push(at);
      return await promise;
    }),
  );
  expect(begun).toEqual([0, 1]);
  ends[1]?.reject(new Error("no"));
  await expect(results[1]).rejects.toThrow("no");
  expect(begun).toEqual([0, 1, 2]);
  ends[0]?.resolve(10);
  expect(await results[0]).toBe(10);
  expect(begun).toEqual([0, 1, 2, 3]);
  ends[2]?.resolve(12);
  ends[3]?.resolve(13);
  expect(await Promise.all([results[2], results[3]])).toEqual([12, 13]);
});
