import type { Claim, Engine } from "../../src/core/engine.ts";
import type { DeliveryRef, PushedEngine } from "../../src/core/pushed-engine.ts";
import type { AwsPlace } from "../../src/engines/aws/client.ts";
import { openAws } from "../../src/engines/aws/index.ts";
import { engineConformance, type Limits } from "../../src/engines/conformance.ts";
import { newPlace } from "../support/aws-store.ts";
import { onEmulator } from "./emulated.ts";

const dayMs = 86_400_000;
const everything = { limit: 10_000, before: Number.MAX_SAFE_INTEGER } as const;

type Opened = { readonly place: AwsPlace; readonly own: PushedEngine };
const opened = new WeakMap<Engine, Opened>();

async function openAt(place: AwsPlace, clock: () => number, limits: Limits): Promise<Engine> {
  const options = { ...place, clock, limits, retentionMs: 30 * dayMs, shards: 2 };
  const own = await openAws(options);
  const engine = pulling(own, clock);
  opened.set(engine, { place, own });
  return engine;
}

/**
 * What a queue does, as a loop does it: so that the suite's claims run through `owed` and `claimNamed`. Those of
 * a batch are in the table's order; what is due first is sorted out here, as no queue does.
 */
function pulling(own: PushedEngine, clock: () => number): Engine {
  const due = async (isWanted: (ref: Waiting) => boolean): Promise<readonly Waiting[]> => {
    const refs = await own.owed({ ...everything, lookAgainAt: clock() });
    const found = await Promise.all(
      refs.map(async (ref) => ({ ref, delivery: await own.delivery(ref.deliveryId) })),
    );
    return found
      .flatMap(({ ref, delivery }) => (delivery ? [{ ...delivery, ref }] : []))
      .filter(isWanted)
      .sort((a, b) => a.dueAt - b.dueAt);
  };
  return {
    ...own,
    capabilities: { ...own.capabilities, claims: true },
    claim: async (destination, { limit, maxBytes, leaseMs }) => {
      const claims: Claim[] = [];
      let bytes = 0;
      const ready = await due((one) => one.destination === destination && one.state === "ready");
      for (const { ref, eventId } of ready) {
        if (claims.length === limit) break;
        bytes += (await own.event(eventId))?.end ?? 0;
        if (claims.length > 0 && bytes > maxBytes) break;
        const named = await own.claimNamed(ref, { leaseMs });
        if (named.kind === "claimed") claims.push(named.claim);
      }
      return claims;
    },
    rescue: async () => {
      let rescued = 0;
      for (const { ref } of await due(({ state }) => state === "leased")) {
        const named = await own.claimNamed(ref, { leaseMs: 1 });
        if (named.kind !== "claimed") continue;
        const at = clock();
        const outcome = { kind: "interrupted", reason: "its lease ran out" } as const;
        const { claim } = named;
        await own.settle({
          claim,
          transition: { state: "ready" },
          outcome,
          startedAt: at,
          endedAt: at,
        });
        rescued += 1;
      }
      return rescued;
    },
    nextDue: async (destination) => {
      const [first] = await due((one) => one.destination === destination && one.state === "ready");
      return first?.dueAt;
    },
  };
}

type Waiting = NonNullable<Awaited<ReturnType<Engine["delivery"]>>> & { readonly ref: DeliveryRef };

/** The longest test makes some ten thousand requests of the emulator, which does them one after another. */
const testTimeoutMs = 900_000;

onEmulator("DynamoDB and S3", () => {
  engineConformance("aws", {
    testTimeoutMs,
    open: async (clock, limits) => openAt(await newPlace(), clock, limits),
    reopen: async (engine, clock, limits) => {
      await engine.close();
      return openAt(placeOf(engine), clock, limits);
    },
    crash: async (engine, clock, limits) => openAt(placeOf(engine), clock, limits),
    skips: {
      "removes expired keys of what it keeps":
        "a key has no row of its own: an event whose key's time is over gives way to the next one",
    },
  });
});

function placeOf(engine: Engine): AwsPlace {
  const found = opened.get(engine);
  if (found === undefined) throw new Error("an engine of another harness");
  return found.place;
}
