import { declareProvider } from "./schemes/declared.ts";

/** ClickUp. */
export const clickup = declareProvider({
  name: "clickup",
  title: "ClickUp",
  docs: "https://developer.clickup.com/docs/webhooksignature",
  evidence: {
    kind: "docs",
    source: "https://developer.clickup.com/docs/webhooksignature",
    readOn: "2026-11-21",
    read: "X-Signature: HMAC-SHA256 in hex over the body",
  },
  deadlineSeconds: 7,
  retries: true,
  signature: { header: "X-Signature" },
  type: { json: "event" },
});
