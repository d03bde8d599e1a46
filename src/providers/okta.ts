import { declareTokenProvider } from "./schemes/declared-token.ts";

/** Okta event hooks. At most one more try, and none after a 4xx: so it counts as a sender that doesn't try again. */
export const okta = declareTokenProvider({
  name: "okta",
  title: "Okta event hooks",
  docs: "https://developer.okta.com/docs/concepts/event-hooks/",
  evidence: {
    kind: "docs",
    source: "https://github.com/okta/okta-developer-docs (concepts/event-hooks)",
    readOn: "2026-11-20",
    read: "the Authorization header as the operator set it",
  },
  deadlineSeconds: 3,
  retries: false,
  token: { header: "Authorization" },
  id: { json: "eventId" },
  type: { json: "eventType" },
  time: { json: "eventTime", unit: "rfc3339" },
  handshakes: [
    {
      method: "GET",
      challenge: { header: "X-Okta-Verification-Challenge" },
      answer: { json: { verification: "{challenge}" } },
    },
  ],
  batch: {
    items: "data.events.*",
    id: { json: "uuid" },
    type: { json: "eventType" },
    time: { json: "published", unit: "rfc3339" },
  },
});
