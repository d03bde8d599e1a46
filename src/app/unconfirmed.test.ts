import { describe, expect, it } from "vitest";
import { defineGateway, secret } from "../core/define.ts";
import { judgeGateway } from "../core/judge-gateway.ts";
import type { Log } from "../core/log.ts";
import { calendly, stripe } from "../providers/index.ts";
import { isUnconfirmed, warnOfUnconfirmed } from "./unconfirmed.ts";

const judged = judgeGateway(
  defineGateway({
    sources: {
      bookings: calendly({ path: "/bookings", secrets: [secret("BOOKINGS")] }),
      payments: stripe({ path: "/payments", secrets: [secret("PAYMENTS")] }),
    },
    destinations: {},
    routes: [],
  }),
);

describe("an unconfirmed provider", () => {
  it("is told at the start, and a confirmed one isn't", () => {
    if (judged.kind !== "gateway") throw new Error("the config is wrong");
    const lines: unknown[] = [];
    const ignore = (): void => undefined;
    const warn: Log["warn"] = (fields) => lines.push(fields.source);
    warnOfUnconfirmed(judged.gateway, { debug: ignore, info: ignore, warn, error: ignore });
    expect(lines).toEqual(["bookings"]);
    expect(judged.gateway.sources.filter(isUnconfirmed).map(({ name }) => name)).toEqual([
      "bookings",
    ]);
  });
});
