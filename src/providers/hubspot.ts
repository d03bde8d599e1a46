import { declareProvider } from "./schemes/declared.ts";
import { hubspotBatch } from "./schemes/hubspot-batch.ts";

/** HubSpot (v3). HubSpot decodes some escapes (`%3A`, `%2F`, …) of the URL before it signs: a source's URL has none of them. */
export const hubspot = declareProvider({
  name: "hubspot",
  title: "HubSpot (v3)",
  docs: "https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests",
  evidence: { kind: "sdk", source: "@hubspot/api-client@13.5.0" },
  signature: { header: "X-HubSpot-Signature-v3", encoding: "base64" },
  content: ["method", "url", "body", "timestamp"],
  timestamp: { header: "X-HubSpot-Request-Timestamp", unit: "ms" },
  batch: hubspotBatch,
});
