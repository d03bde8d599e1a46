import { declareProvider } from "./schemes/declared.ts";

/** Sanity. */
export const sanity = declareProvider({
  name: "sanity",
  title: "Sanity",
  docs: "https://www.sanity.io/docs/compute-and-ai/webhooks",
  evidence: { kind: "sdk", source: "@sanity/webhook@4.0.4" },
  retries: true,
  signature: {
    header: "sanity-webhook-signature",
    prefix: "v1=",
    separator: ",",
    encoding: "base64url",
  },
  content: ["timestamp", { literal: "." }, "body"],
  timestamp: { prefix: "t=", unit: "ms" },
  id: { header: "idempotency-key" },
  type: { header: "sanity-operation" },
});
