import { describe, expect, it } from "vitest";
import type { Transition } from "./engine.ts";
import type { DeliveryState } from "./lifecycle.ts";
import { deliveryStates, isFinal, lifecycle, mayFollow } from "./lifecycle.ts";

describe("the lifecycle", () => {
  it("has these states in the order of a life", () => {
    const states = ["ready", "leased", "delivered", "dead", "skipped", "cancelled"];
    expect(deliveryStates).toEqual(states);
  });

  it("leads only to states that it knows", () => {
    for (const next of Object.values(lifecycle)) {
      for (const state of next) expect(deliveryStates).toContain(state);
    }
  });

  it("reaches every state from ready", () => {
    const reached = new Set<DeliveryState>(["ready"]);
    for (const state of reached) for (const next of lifecycle[state]) reached.add(next);
    expect([...reached].sort()).toEqual([...deliveryStates].sort());
  });

  it("ends where nothing follows", () => {
    const final = ["delivered", "dead", "skipped", "cancelled"];
    expect(deliveryStates.filter(isFinal)).toEqual(final);
  });

  it("allows what the table says and nothing else", () => {
    const allowed = deliveryStates.flatMap((from) =>
      deliveryStates.filter((to) => mayFollow(from, to)).map((to) => `${from} ${to}`),
    );
    expect(allowed).toEqual([
      "ready leased",
      "ready cancelled",
      "leased ready",
      "leased delivered",
      "leased dead",
      "leased skipped",
    ]);
  });

  it("lets a lease end in just the states that a settlement may name", () => {
    const settled: Record<Transition["state"], true> = {
      ready: true,
      delivered: true,
      dead: true,
      skipped: true,
    };
    expect([...lifecycle.leased].sort()).toEqual(Object.keys(settled).sort());
  });
});
