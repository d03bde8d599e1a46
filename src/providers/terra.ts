import { declareProvider } from "./schemes/declared.ts";

/** Terra. */
export const terra = declareProvider({
  name: "terra",
  title: "Terra",
  docs: "https://docs.tryterra.co/health-and-fitness-api/integration-setup/setting-up-data-destinations/webhooks",
  evidence: { kind: "sdk", source: "terra-api@2.1.0" },
  signature: { header: "terra-signature", prefix: "v1=", separator: "," },
  content: ["timestamp", { literal: "." }, "body"],
  timestamp: { prefix: "t=" },
});
