import { declareProvider } from "./schemes/declared.ts";

/** Deel. */
export const deel = declareProvider({
  name: "deel",
  title: "Deel",
  docs: "https://developer.deel.com/docs/webhooks",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  signature: { header: "x-deel-signature" },
  content: [{ literal: "POST" }, "body"],
});
