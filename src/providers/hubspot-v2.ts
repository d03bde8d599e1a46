import { declareProvider } from "./schemes/declared.ts";
import { hubspotBatch } from "./schemes/hubspot-batch.ts";

/** HubSpot (v2). */
export const hubspotV2 = declareProvider({
  name: "hubspot-v2",
  title: "HubSpot (v2)",
  docs: "https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests",
  evidence: { kind: "sdk", source: "@hubspot/api-client@13.5.0" },
  signature: { header: "X-HubSpot-Signature", algorithm: "hash-sha256" },
  content: ["method", "url", "body"],
  batch: hubspotBatch,
});
