import { declareProvider } from "./schemes/declared.ts";

/** ImageKit. */
export const imagekit = declareProvider({
  name: "imagekit",
  title: "ImageKit",
  docs: "https://imagekit.io/docs/webhooks",
  evidence: { kind: "sdk", source: "imagekit@6.0.0" },
  signature: { header: "x-ik-signature", prefix: "v1=", separator: "," },
  content: ["timestamp", { literal: "." }, "body"],
  timestamp: { prefix: "t=", unit: "ms" },
  id: { json: "id" },
  time: { json: "created_at", unit: "rfc3339" },
});
