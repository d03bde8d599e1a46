import { declareProvider } from "./schemes/declared.ts";

/** PandaDoc. */
export const pandadoc = declareProvider({
  name: "pandadoc",
  title: "PandaDoc",
  docs: "https://developers.pandadoc.com/reference/webhook-verification",
  evidence: {
    kind: "docs",
    source: "https://developers.pandadoc.com/docs/webhook-verification",
    readOn: "2026-11-21",
    read: "the query's signature: HMAC-SHA256 in hex over the body",
  },
  signature: { query: "signature" },
  type: { json: "0.event" },
  batch: { items: "*", type: { json: "event" } },
});
