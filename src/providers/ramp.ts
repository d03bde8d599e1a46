import { declareProvider } from "./schemes/declared.ts";

/** Ramp. */
export const ramp = declareProvider({
  name: "ramp",
  title: "Ramp",
  docs: "https://docs.ramp.com/developer-api/v1/webhooks",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  signature: { header: "X-Ramp-Signature" },
});
