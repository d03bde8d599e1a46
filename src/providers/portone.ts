import { declareStandardWebhooks } from "./schemes/declared-standard.ts";

/** PortOne (V2). */
export const portone = declareStandardWebhooks({
  name: "portone",
  title: "PortOne (V2)",
  docs: "https://developers.portone.io/opi/ko/integration/webhook/readme-v2",
  evidence: { kind: "sdk", source: "@portone/server-sdk@0.19.0" },
});
