import { declareProvider } from "./schemes/declared.ts";

/** CloudConvert. */
export const cloudconvert = declareProvider({
  name: "cloudconvert",
  title: "CloudConvert",
  docs: "https://cloudconvert.com/api/v2/webhooks",
  evidence: { kind: "sdk", source: "cloudconvert@3.0.0" },
  signature: { header: "CloudConvert-Signature" },
  type: { json: "event" },
});
