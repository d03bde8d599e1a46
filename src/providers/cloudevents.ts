import { declareTokenProvider } from "./schemes/declared-token.ts";

/** CloudEvents web hooks. */
export const cloudevents = declareTokenProvider({
  name: "cloudevents",
  title: "CloudEvents web hooks",
  docs: "https://github.com/cloudevents/spec/blob/main/cloudevents/http-webhook.md",
  evidence: {
    kind: "docs",
    source: "https://github.com/cloudevents/spec/blob/main/cloudevents/http-webhook.md",
    readOn: "2026-11-20",
    read: "Authorization: Bearer and the token",
  },
  token: { header: "Authorization", prefix: "Bearer " },
  id: { header: "ce-id" },
  type: { header: "ce-type" },
  time: { header: "ce-time", unit: "rfc3339" },
  handshakes: [
    {
      method: "OPTIONS",
      challenge: { header: "WebHook-Request-Origin" },
      form: /^[A-Za-z0-9.:_-]{1,255}$/,
      answer: {
        headers: {
          Allow: "POST",
          "WebHook-Allowed-Origin": "{challenge}",
          "WebHook-Allowed-Rate": "*",
        },
      },
    },
  ],
  batch: { items: "*", id: { json: "id" }, time: { json: "time", unit: "rfc3339" } },
});
