import { declareProvider } from "./schemes/declared.ts";

/** MongoDB Atlas alerts. */
export const mongodbAtlas = declareProvider({
  name: "mongodb-atlas",
  title: "MongoDB Atlas alerts",
  docs: "https://www.mongodb.com/docs/atlas/tutorial/third-party-service-integrations/",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  signature: { header: "X-MMS-Signature", algorithm: "hmac-sha1", encoding: "base64" },
  type: { json: "eventTypeName" },
  time: { json: "created", unit: "rfc3339" },
});
