import { declareProvider } from "./schemes/declared.ts";

/** WorkOS. */
export const workos = declareProvider({
  name: "workos",
  title: "WorkOS",
  docs: "https://workos.com/docs/events/data-syncing/webhooks",
  evidence: { kind: "sdk", source: "@workos-inc/node@8.13.0" },
  toleranceSeconds: 180,
  signature: { header: "WorkOS-Signature", prefix: "v1=", separator: "," },
  content: ["timestamp", { literal: "." }, "body"],
  timestamp: { prefix: "t=", unit: "ms" },
  id: { json: "id" },
  type: { json: "event" },
  time: { json: "created_at", unit: "rfc3339" },
});
