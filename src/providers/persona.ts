import { declareProvider } from "./schemes/declared.ts";

/** Persona. */
export const persona = declareProvider({
  name: "persona",
  title: "Persona",
  docs: "https://docs.withpersona.com/webhooks-best-practices",
  evidence: {
    kind: "docs",
    source: "https://docs.withpersona.com/v2022-09-01/docs/best-practices",
    readOn: "2026-11-21",
    read: "Persona-Signature: t= and v1=, HMAC-SHA256 in hex over timestamp, full stop and body",
  },
  signature: { header: "Persona-Signature", prefix: "v1=", separator: ", " },
  content: ["timestamp", { literal: "." }, "body"],
  timestamp: { prefix: "t=" },
  id: { json: "data.id" },
  type: { json: "data.attributes.name" },
  time: { json: "data.attributes.created-at", unit: "rfc3339" },
});
