import { declareProvider } from "./schemes/declared.ts";

/** Dyte. The secret is the public key that Dyte publishes. */
export const dyte = declareProvider({
  name: "dyte",
  title: "Dyte",
  docs: "https://docs.dyte.io/guides/capabilities/webhooks/signatures",
  evidence: {
    kind: "docs",
    source: "https://docs.dyte.io/guides/capabilities/webhooks/signatures",
    readOn: "2026-11-21",
    read: "dyte-signature: RSA-SHA256 in base64 over the body, by the public key at api.dyte.io/.well-known/webhooks.json",
  },
  signature: { header: "dyte-signature", algorithm: "rsa-sha256" },
  type: { json: "event" },
});
