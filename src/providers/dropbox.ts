import { declareProvider } from "./schemes/declared.ts";

/** Dropbox. */
export const dropbox = declareProvider({
  name: "dropbox",
  title: "Dropbox",
  docs: "https://www.dropbox.com/developers/reference/webhooks",
  evidence: {
    kind: "docs",
    source: "https://www.dropbox.com/developers/reference/webhooks",
    readOn: "2026-11-20",
    read: "X-Dropbox-Signature: HMAC-SHA256 in hex over the raw body",
  },
  deadlineSeconds: 10,
  retries: true,
  signature: { header: "X-Dropbox-Signature" },
  handshakes: [
    { method: "GET", challenge: { query: "challenge" }, answer: { text: "{challenge}" } },
  ],
});
