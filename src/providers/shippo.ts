import { declareProvider } from "./schemes/declared.ts";

/** Shippo. */
export const shippo = declareProvider({
  name: "shippo",
  title: "Shippo",
  docs: "https://docs.goshippo.com/docs/tracking/webhooks/",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  signature: { header: "Shippo-Auth-Signature", prefix: "v1=", separator: "," },
  content: ["timestamp", { literal: "." }, "body"],
  timestamp: { prefix: "t=" },
  type: { json: "event" },
});
