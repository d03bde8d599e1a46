/** The contract of an engine whose deliveries a queue brings, beside that of every engine. */
import type { Acceptance, Accepted, Claim, Engine } from "./engine.ts";
import type { DeliveryState } from "./lifecycle.ts";
import type { Event } from "./types.ts";

/** Bytes of the largest body on AWS: Lambda hands over 6 MB of JSON, with the body as base64 in it. */
export const largestPushedBody = 4_500_000;

/** A delivery of an engine that is pushed, as a queue carries it: where it is kept, and which it is. */
export type DeliveryRef = { readonly key: string; readonly deliveryId: string };

/** What became of a named claim. */
export type NamedClaim =
  | { readonly kind: "claimed"; readonly claim: Claim }
  /** Somebody else is at it. */
  | { readonly kind: "held" }
  /** Not due yet, or paused (then without `at` where no end is known). */
  | { readonly kind: "later"; readonly at: number | undefined }
  /** It needs no more attempt; a dead one may still have to be archived. */
  | { readonly kind: "final"; readonly state: DeliveryState; readonly isArchived: boolean }
  /** Not kept, or not any more. */
  | { readonly kind: "unknown" };

/** An engine whose deliveries a queue brings: it hands out what is named, and finds what the queue missed. */
export type PushedEngine = Engine & {
  /** Where an acceptance's stored events are kept, with the deliveries they owe. */
  readonly refsOf: (acceptance: Acceptance, accepted: Accepted) => readonly EventRef[];
  /** Leases a delivery, whoever brings its name. */
  readonly claimNamed: (
    ref: DeliveryRef,
    options: { readonly leaseMs: number },
  ) => Promise<NamedClaim>;
  /**
   * Ends a delivery that the queue gave up: dead, to be archived. False when it is final, under way, or fewer than
   * `lost` leases in a row ended without a settlement.
   */
  readonly giveUp: (
    ref: DeliveryRef,
    why: { readonly reason: string; readonly lost: number },
  ) => Promise<boolean>;
  /**
   * What should have gone on by `before` and didn't, and puts off when it is looked at again to `lookAgainAt`.
   * Opens what a crash left half accepted.
   */
  readonly owed: (options: {
    readonly limit: number;
    readonly before: number;
    readonly lookAgainAt: number;
  }) => Promise<readonly DeliveryRef[]>;
};

/** An event that owes deliveries, as a pushed engine keeps it. */
export type EventRef = {
  readonly key: string;
  readonly event: Event;
  readonly deliveryIds: readonly string[];
};
