import { declareProvider } from "./schemes/declared.ts";

/** Autodesk Platform Services. */
export const autodesk = declareProvider({
  name: "autodesk",
  title: "Autodesk Platform Services",
  docs: "https://aps.autodesk.com/en/docs/webhooks/v1/developers_guide/callbacks",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  signature: { header: "x-adsk-signature", prefix: "sha1hash=", algorithm: "hmac-sha1" },
  type: { json: "hook.event" },
});
