import { declareProvider } from "./schemes/declared.ts";

/** Fourthwall. */
export const fourthwall = declareProvider({
  name: "fourthwall",
  title: "Fourthwall",
  docs: "https://docs.fourthwall.com/webhooks/signature-verification",
  evidence: {
    kind: "docs",
    source: "https://docs.fourthwall.com/webhooks/signature-verification",
    readOn: "2026-11-21",
    read: "X-Fourthwall-Hmac-SHA256, of platform apps X-Fourthwall-Hmac-Apps-SHA256: HMAC-SHA256 in base64 over the body",
  },
  signature: {
    header: ["X-Fourthwall-Hmac-SHA256", "X-Fourthwall-Hmac-Apps-SHA256"],
    encoding: "base64",
  },
});
