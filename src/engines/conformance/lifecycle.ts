import fc from "fast-check";
import { follow, type Step, stepKinds } from "./model.ts";
import type { Group, Groups } from "./world.ts";

/** Any run of operations, held against the model. */
export const lifecycleGroups: Groups = [["the lifecycle", lifecycles]];

function lifecycles({ claiming }: Group): void {
  const step: fc.Arbitrary<Step> = fc.record({
    kind: fc.constantFrom(...stepKinds),
    pick: fc.nat({ max: 1_000 }),
    amount: fc.integer({ min: 1, max: 6 }),
  });
  claiming("is kept by every delivery through any run of operations", async ({ another }) => {
    const steps = fc.array(step, { minLength: 5, maxLength: 60, size: "max" });
    const run = fc.asyncProperty(steps, async (taken) => {
      const { engine, clock, close } = await another();
      try {
        await follow(engine, clock, taken);
      } finally {
        await close();
      }
    });
    await fc.assert(run, { numRuns: 40 });
  });
}
