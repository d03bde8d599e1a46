import { declareProvider } from "./schemes/declared.ts";

/** Front. */
export const front = declareProvider({
  name: "front",
  title: "Front",
  docs: "https://dev.frontapp.com/docs/application-webhooks",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  signature: { header: "X-Front-Signature", encoding: "base64" },
  content: ["timestamp", { literal: ":" }, "body"],
  timestamp: { header: "X-Front-Request-Timestamp", unit: "ms" },
  id: { json: "id" },
});
