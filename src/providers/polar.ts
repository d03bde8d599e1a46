import { declareProvider } from "./schemes/declared.ts";

/** Polar. */
export const polar = declareProvider({
  name: "polar",
  title: "Polar",
  docs: "https://polar.sh/docs/integrate/webhooks/delivery",
  evidence: { kind: "sdk", source: "@polar-sh/sdk@0.49.0" },
  signature: { header: "webhook-signature", prefix: "v1,", separator: " ", encoding: "base64" },
  content: [{ header: "webhook-id" }, { literal: "." }, "timestamp", { literal: "." }, "body"],
  timestamp: { header: "webhook-timestamp" },
  id: { header: "webhook-id" },
});
