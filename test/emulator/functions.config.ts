/** What the functions' tests deploy: a sender of single events, one of batches, one whose secret is learned, and two destinations. */
import { defineGateway, secret } from "../../src/core/define.ts";
import { http } from "../../src/destinations/index.ts";
import { asana, stripe } from "../../src/providers/index.ts";
import { batches } from "../support/test-providers.ts";

const retry = { attempts: 3, firstDelayMs: 2_000, jitter: "none" } as const;

/** The definition, with both destinations at a sink. */
export function gatewayTo(sink: string) {
  return defineGateway({
    sources: {
      stripe: stripe({ path: "/stripe", secrets: [secret("STRIPE_SECRET")], authorizer: true }),
      lines: batches({
        path: "/lines/:tenant",
        secrets: [secret("LINES_TOKEN")],
        maxBodyBytes: 100_000,
      }),
      asana: asana({ path: "/asana", learn: true }),
    },
    destinations: {
      near: http({ url: `${sink}/near`, allowPrivate: true, retry }),
      far: http({ url: `${sink}/far`, allowPrivate: true, retry }),
    },
    routes: [{ to: "near" }, { from: "lines", to: "far" }],
  });
}

export default gatewayTo(process.env["SINK_URL"] ?? "http://127.0.0.1:9");
