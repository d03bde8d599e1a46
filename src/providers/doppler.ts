import { declareProvider } from "./schemes/declared.ts";

/** Doppler. */
export const doppler = declareProvider({
  name: "doppler",
  title: "Doppler",
  docs: "https://docs.doppler.com/docs/webhooks",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  signature: { header: "X-Doppler-Signature", prefix: "sha256=" },
});
