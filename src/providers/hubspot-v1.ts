import { declareProvider } from "./schemes/declared.ts";
import { hubspotBatch } from "./schemes/hubspot-batch.ts";

/** HubSpot (v1). */
export const hubspotV1 = declareProvider({
  name: "hubspot-v1",
  title: "HubSpot (v1)",
  docs: "https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests",
  evidence: { kind: "sdk", source: "@hubspot/api-client@13.5.0" },
  signature: { header: "X-HubSpot-Signature", algorithm: "hash-sha256" },
  batch: hubspotBatch,
});
