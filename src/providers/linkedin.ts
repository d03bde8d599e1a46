import { declareProvider } from "./schemes/declared.ts";

/** LinkedIn. */
export const linkedin = declareProvider({
  name: "linkedin",
  title: "LinkedIn",
  docs: "https://learn.microsoft.com/en-us/linkedin/shared/api-guide/webhook-validation",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  signature: { header: "X-LI-Signature" },
  content: [{ literal: "hmacsha256=" }, "body"],
});
