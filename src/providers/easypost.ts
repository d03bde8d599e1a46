import { declareProvider } from "./schemes/declared.ts";

/** EasyPost. */
export const easypost = declareProvider({
  name: "easypost",
  title: "EasyPost",
  docs: "https://docs.easypost.com/docs/webhooks",
  evidence: { kind: "sdk", source: "@easypost/api@8.9.0" },
  signature: { header: "X-Hmac-Signature", prefix: "hmac-sha256-hex=" },
  id: { json: "id" },
  type: { json: "description" },
  time: { json: "created_at", unit: "rfc3339" },
});
