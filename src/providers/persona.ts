import { declareProvider } from "./schemes/declared.ts";

/** Persona. */
export const persona = declareProvider({
  name: "persona",
  title: "Persona",
  docs: "https://docs.withpersona.com/webhooks-best-practices",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  signature: { header: "Persona-Signature", prefix: "v1=", separator: ", " },
  content: ["timestamp", { literal: "." }, "body"],
  timestamp: { prefix: "t=" },
  id: { json: "data.id" },
  type: { json: "data.attributes.name" },
  time: { json: "data.attributes.created-at", unit: "rfc3339" },
});
