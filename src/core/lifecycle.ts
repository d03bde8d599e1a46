/**
 * The life of a delivery, as data. The picture in docs/deliveries.md, the CHECK in the database and
 * the engines' statements follow this table; a test ties them together.
 */

/** For each state, the states that may follow it. */
export const lifecycle = {
  ready: ["leased", "cancelled"],
  leased: ["delivered", "ready", "dead", "skipped"],
  delivered: [],
  dead: [],
  skipped: [],
  cancelled: [],
} as const satisfies Record<string, readonly string[]>;

/** A state of a delivery. */
export type DeliveryState = keyof typeof lifecycle;

/** All states, in the order of a delivery's life. */
export const deliveryStates = Object.keys(lifecycle) as readonly DeliveryState[];

/** How kept requests end. `conflict`: a known event with another body; `released`: rejected first. */
export const requestOutcomes = [
  "accepted",
  "duplicate",
  "conflict",
  "rejected",
  "released",
] as const;

/** How a kept request ended. */
export type RequestOutcome = (typeof requestOutcomes)[number];

/** Whether nothing follows a state. */
export function isFinal(state: DeliveryState): boolean {
  return lifecycle[state].length === 0;
}

/** Whether `to` may follow `from`. */
export function mayFollow(from: DeliveryState, to: DeliveryState): boolean {
  return (lifecycle[from] as readonly DeliveryState[]).includes(to);
}
