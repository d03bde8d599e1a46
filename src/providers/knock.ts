import { declareProvider } from "./schemes/declared.ts";

/** Knock. */
export const knock = declareProvider({
  name: "knock",
  title: "Knock",
  docs: "https://docs.knock.app/developer-tools/outbound-webhooks/overview",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  signature: { header: "x-knock-signature", prefix: "s=", separator: ",", encoding: "base64" },
  content: ["timestamp", { literal: "." }, "body"],
  timestamp: { prefix: "t=", unit: "ms" },
});
