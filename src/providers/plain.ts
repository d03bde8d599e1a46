import { declareProvider } from "./schemes/declared.ts";

/** Plain. */
export const plain = declareProvider({
  name: "plain",
  title: "Plain",
  docs: "https://www.plain.com/docs/api-reference/webhooks",
  evidence: { kind: "sdk", source: "@team-plain/typescript-sdk@5.12.1" },
  signature: { header: "Plain-Request-Signature" },
  id: { json: "id" },
  type: { json: "payload.eventType" },
  time: { json: "timestamp", unit: "rfc3339" },
});
