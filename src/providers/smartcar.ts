import { declareProvider } from "./schemes/declared.ts";

/** Smartcar. */
export const smartcar = declareProvider({
  name: "smartcar",
  title: "Smartcar",
  docs: "https://smartcar.com/docs/integrations/webhooks/payload-verification",
  evidence: { kind: "sdk", source: "smartcar@10.4.0" },
  signature: { header: "SC-Signature" },
  id: { json: "eventId" },
  type: { json: "eventType" },
});
