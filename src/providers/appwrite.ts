import { declareProvider } from "./schemes/declared.ts";

/** Appwrite. Appwrite decodes the URL's escapes before it signs: a source's URL has none. */
export const appwrite = declareProvider({
  name: "appwrite",
  title: "Appwrite",
  docs: "https://appwrite.io/docs/advanced/platform/webhooks",
  evidence: {
    kind: "docs",
    source:
      "https://github.com/appwrite/appwrite/blob/main/src/Appwrite/Platform/Workers/Webhooks.php",
    readOn: "2026-11-21",
    read: "X-Appwrite-Webhook-Signature: HMAC-SHA1 in base64 over URL and body; 15 seconds; no other try",
  },
  deadlineSeconds: 15,
  retries: false,
  signature: { header: "X-Appwrite-Webhook-Signature", algorithm: "hmac-sha1", encoding: "base64" },
  content: ["url", "body"],
  type: { header: "X-Appwrite-Webhook-Events" },
});
