import { declareProvider } from "./schemes/declared.ts";

/** Attio. */
export const attio = declareProvider({
  name: "attio",
  title: "Attio",
  docs: "https://docs.attio.com/rest-api/guides/webhooks",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  signature: { header: ["Attio-Signature", "X-Attio-Signature"] },
  type: { json: "events.0.event_type" },
});
