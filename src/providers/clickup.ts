import { declareProvider } from "./schemes/declared.ts";

/** ClickUp. */
export const clickup = declareProvider({
  name: "clickup",
  title: "ClickUp",
  docs: "https://developer.clickup.com/docs/webhooksignature",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  deadlineSeconds: 7,
  retries: true,
  signature: { header: "X-Signature" },
  type: { json: "event" },
});
