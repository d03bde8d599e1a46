import { declareProvider } from "./schemes/declared.ts";

/** ReadMe. */
export const readme = declareProvider({
  name: "readme",
  title: "ReadMe",
  docs: "https://docs.readme.com/main/docs/personalized-docs-webhook",
  evidence: { kind: "sdk", source: "readmeio@6.2.1" },
  toleranceSeconds: 1800,
  signature: { header: "ReadMe-Signature", prefix: "v0=", separator: "," },
  content: ["timestamp", { literal: "." }, "body"],
  timestamp: { prefix: "t=", unit: "ms" },
});
