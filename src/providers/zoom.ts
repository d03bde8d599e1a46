import { declareProvider } from "./schemes/declared.ts";

/** Zoom. */
export const zoom = declareProvider({
  name: "zoom",
  title: "Zoom",
  docs: "https://developers.zoom.us/docs/api/webhooks/",
  evidence: { kind: "sdk", source: "@zoom/rivet@0.4.0" },
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
