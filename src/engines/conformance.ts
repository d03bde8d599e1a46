/**
 * The conformance suite of the engine contract: what each engine must do, in sentences. An engine's
 * own test is `engineConformance("sqlite", { open, reopen })`; every behaviour runs in a store of its
 * own under a clock that the suite moves, so nothing sleeps. A skip names its test and gives a reason.
 */
import type { TestContext } from "vitest";
import { beforeAll, describe, expect, it } from "vitest";
import { acceptanceGroups } from "./conformance/accepting.ts";
import { batchGroups } from "./conformance/batches.ts";
import { shareIds } from "./conformance/builders.ts";
import { claimGroups } from "./conformance/claiming.ts";
import { dedupeGroups } from "./conformance/dedupe.ts";
import { lifecycleGroups } from "./conformance/lifecycle.ts";
import { listingGroups } from "./conformance/listing.ts";
import { operationGroups } from "./conformance/operating.ts";
import { pauseGroups } from "./conformance/pausing.ts";
import { readingGroups } from "./conformance/reading.ts";
import { recoveryGroups } from "./conformance/recovering.ts";
import { rejectionGroups } from "./conformance/rejecting.ts";
import { retentionGroups } from "./conformance/retention.ts";
import { settlementGroups } from "./conformance/settling.ts";
import { sharingGroups } from "./conformance/sharing.ts";
import { type Behaviour, type EngineHarness, type Groups, openWorld } from "./conformance/world.ts";

export type { EngineHarness, Limits } from "./conformance/world.ts";

/** A slow disk syncs some hundred times a second; the longest test commits some thousand times. */
const testTimeoutMs = 120_000;
/** Both must hold: ingest makes the first way, a batch and other callers the second. */
const waysOfIds = [
  ["an event by its request's id", true],
  ["an event by an id of its own", false],
] as const;

/** The suite. `name` is the engine's. */
export function engineConformance(name: string, harness: EngineHarness): void {
  const skips = harness.skips ?? {};
  const known = new Set<string>();
  const register = (title: string, needsClaims: boolean): Behaviour => {
    known.add(title);
    return (sentence, check) => {
      known.add(sentence);
      const reason = skips[sentence] ?? skips[title];
      const run = async (context: TestContext) => {
        if (reason !== undefined) return context.skip(reason);
        const world = await openWorld(harness, context);
        try {
          const { capabilities } = world.engine;
          if (needsClaims && !capabilities.claims) return context.skip("a queue pushes deliveries");
          await check(world);
        } finally {
          await world.close();
        }
      };
      it(sentence, run, harness.testTimeoutMs ?? testTimeoutMs);
    };
  };
  for (const [way, isShared] of waysOfIds) {
    describe(`${name} engine, ${way}`, () => {
      beforeAll(() => shareIds(isShared));
      for (const [title, group] of groups) {
        const words = { behaviour: register(title, false), claiming: register(title, true) };
        describe(title, () => group(words));
      }
    });
  }
  describe(`${name} engine`, () => {
    it("skips nothing that the suite does not have", () => {
      expect(Object.keys(skips).filter((skip) => !known.has(skip))).toEqual([]);
    });
  });
}

const groups: Groups = [
  ...acceptanceGroups,
  ...dedupeGroups,
  ...batchGroups,
  ...rejectionGroups,
  ...claimGroups,
  ...pauseGroups,
  ...settlementGroups,
  ...recoveryGroups,
  ...operationGroups,
  ...listingGroups,
  ...readingGroups,
  ...sharingGroups,
  ...retentionGroups,
  ...lifecycleGroups,
];
