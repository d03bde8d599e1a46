import { declareProvider } from "./schemes/declared.ts";

/** Onfleet. */
export const onfleet = declareProvider({
  name: "onfleet",
  title: "Onfleet",
  docs: "https://docs.onfleet.com/reference/secrets",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  signature: { header: "X-Onfleet-Signature", algorithm: "hmac-sha512", key: "hex" },
});
