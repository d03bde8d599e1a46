import { declareProvider } from "./schemes/declared.ts";

/** Affirm. */
export const affirm = declareProvider({
  name: "affirm",
  title: "Affirm",
  docs: "https://docs.affirm.com/developers/docs/webhooks",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  signature: {
    header: "X-Affirm-Signature",
    prefix: "v0=",
    separator: ",",
    algorithm: "hmac-sha512",
  },
  content: ["timestamp", { literal: "." }, "body"],
  timestamp: { prefix: "t=" },
});
