import { declareTokenProvider } from "./schemes/declared-token.ts";

/** Documenso. */
export const documenso = declareTokenProvider({
  name: "documenso",
  title: "Documenso",
  docs: "https://docs.documenso.com/docs/developers/webhooks",
  evidence: {
    kind: "docs",
    source:
      "https://github.com/documenso/documenso/blob/main/packages/lib/server-only/webhooks/execute-webhook-call.ts",
    readOn: "2026-11-21",
    read: "X-Documenso-Secret: the secret as it was given; X-Documenso-Delivery-Id, the same over all tries; 10 seconds",
  },
  deadlineSeconds: 10,
  token: { header: "X-Documenso-Secret" },
  id: { header: "X-Documenso-Delivery-Id" },
  type: { json: "event" },
});
