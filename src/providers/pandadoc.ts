import { declareProvider } from "./schemes/declared.ts";

/** PandaDoc. */
export const pandadoc = declareProvider({
  name: "pandadoc",
  title: "PandaDoc",
  docs: "https://developers.pandadoc.com/reference/webhook-verification",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  signature: { query: "signature" },
  type: { json: "0.event" },
});
