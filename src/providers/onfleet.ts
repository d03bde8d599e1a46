import { declareProvider } from "./schemes/declared.ts";

/** Onfleet. */
export const onfleet = declareProvider({
  name: "onfleet",
  title: "Onfleet",
  docs: "https://docs.onfleet.com/reference/secrets",
  evidence: {
    kind: "docs",
    source: "https://docs.onfleet.com/reference/secrets",
    readOn: "2026-11-21",
    read: "X-Onfleet-Signature: HMAC-SHA512 in hex over the raw body, key the secret decoded from hex",
  },
  signature: { header: "X-Onfleet-Signature", algorithm: "hmac-sha512", key: "hex" },
});
