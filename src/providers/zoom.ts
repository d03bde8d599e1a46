import { declareProvider } from "./schemes/declared.ts";

/** Zoom. */
export const zoom = declareProvider({
  name: "zoom",
  title: "Zoom",
  docs: "https://developers.zoom.us/docs/api/webhooks/",
  evidence: {
    kind: "docs",
    source: "https://github.com/zoom/webhook-sample/blob/master/index.js",
    readOn: "2026-11-20",
    read: "x-zm-signature: v0= and HMAC-SHA256 in hex over v0:timestamp:body",
  },
  deadlineSeconds: 3,
  retries: true,
  signature: { header: "x-zm-signature", prefix: "v0=" },
  content: [{ literal: "v0:" }, "timestamp", { literal: ":" }, "body"],
  timestamp: { header: "x-zm-request-timestamp" },
  type: { json: "event" },
  time: { json: "event_ts", unit: "ms" },
  handshakes: [
    {
      signed: true,
      when: [{ json: "event", is: "endpoint.url_validation" }],
      challenge: { json: "payload.plainToken" },
      form: /^[A-Za-z0-9_-]{1,128}$/,
      sign: {},
      answer: { json: { plainToken: "{challenge}", encryptedToken: "{digest}" } },
    },
  ],
});
