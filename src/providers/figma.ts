import { declareTokenProvider } from "./schemes/declared-token.ts";

/** Figma. */
export const figma = declareTokenProvider({
  name: "figma",
  title: "Figma",
  docs: "https://developers.figma.com/docs/rest-api/webhooks/",
  evidence: {
    kind: "docs",
    source: "https://github.com/figma/rest-api-spec/blob/main/openapi/openapi.yaml",
    readOn: "2026-11-20",
    read: "the body's passcode, as it was given",
  },
  token: { field: "passcode" },
  type: { json: "event_type" },
  time: { json: "timestamp", unit: "rfc3339" },
});
