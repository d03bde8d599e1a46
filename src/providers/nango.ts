import { declareProvider } from "./schemes/declared.ts";

/** Nango. */
export const nango = declareProvider({
  name: "nango",
  title: "Nango",
  docs: "https://nango.dev/docs/guides/platform/webhooks-from-nango",
  evidence: { kind: "sdk", source: "@nangohq/node@0.71.10" },
  signature: { header: "X-Nango-Hmac-Sha256" },
});
