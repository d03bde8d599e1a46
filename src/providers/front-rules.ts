import { declareProvider } from "./schemes/declared.ts";

/** Front rule webhooks. */
export const frontRules = declareProvider({
  name: "front-rules",
  title: "Front rule webhooks",
  docs: "https://dev.frontapp.com/docs/rule-webhooks",
  evidence: {
    kind: "docs",
    source: "https://dev.frontapp.com/docs/rule-webhooks",
    readOn: "2026-11-21",
    read: "X-Front-Signature: HMAC-SHA1 in base64 over the body, key the API secret",
  },
  signature: { header: "X-Front-Signature", algorithm: "hmac-sha1", encoding: "base64" },
});
