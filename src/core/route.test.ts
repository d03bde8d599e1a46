import { describe, expect, it } from "vitest";
import { destinationsFor, route } from "./route.ts";
import type { Route } from "./types.ts";
import type { Validated } from "./validate.ts";

const routes: readonly Route[] = [
  { from: ["stripe"], types: ["payment_intent.*", "charge.failed"], to: ["crm", "screens"] },
  { from: ["stripe"], types: undefined, to: ["log", "crm"] },
  { from: undefined, types: ["*.failed"], to: ["alarm"] },
];

describe("the destinations of an event", () => {
  it("are those of every route that fits, each once, in the config's order", () => {
    expect(destinationsFor(routes, "stripe", "payment_intent.failed")).toEqual([
      "crm",
      "screens",
      "log",
      "alarm",
    ]);
    expect(destinationsFor(routes, "stripe", "invoice.paid")).toEqual(["log", "crm"]);
    expect(destinationsFor(routes, "shop", "charge.failed")).toEqual(["alarm"]);
  });

  it("are none where no route fits", () => {
    expect(destinationsFor(routes, "shop", "order.paid")).toEqual([]);
    expect(destinationsFor(routes, "stri", "x")).toEqual([]);
    expect(destinationsFor([], "stripe", "x")).toEqual([]);
  });
});

describe("routing", () => {
  it("plans deliveries for valid events and none for invalid ones", () => {
    const events = [
      { type: "charge.failed", validity: "valid" },
      { type: "charge.failed", validity: "invalid" },
    ];
    const validated = { source: { name: "shop" }, events } as unknown as Validated;
    const routed = route(validated, routes);
    expect(routed.events.map(({ deliveries }) => deliveries)).toEqual([
      [{ destination: "alarm" }],
      [],
    ]);
    expect(routed.source).toBe(validated.source);
  });
});
