import { declareProvider } from "./schemes/declared.ts";

/** Nylas. */
export const nylas = declareProvider({
  name: "nylas",
  title: "Nylas",
  docs: "https://developer.nylas.com/docs/v3/notifications/",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  signature: { header: "X-Nylas-Signature" },
  id: { json: "id" },
  time: { json: "time" },
  handshakes: [
    { method: "GET", challenge: { query: "challenge" }, answer: { text: "{challenge}" } },
  ],
});
