import { declareProvider } from "./schemes/declared.ts";

/** Hookdeck Event Gateway. */
export const hookdeck = declareProvider({
  name: "hookdeck",
  title: "Hookdeck Event Gateway",
  docs: "https://hookdeck.com/docs/authentication",
  evidence: { kind: "sdk", source: "@hookdeck/sdk@0.4.0" },
  // Its SDK takes either.
  signature: { header: ["x-hookdeck-signature", "x-hookdeck-signature-2"], encoding: "base64" },
});
