import { declareJwtProvider } from "./schemes/declared-jwt.ts";

/** Netlify. */
export const netlify = declareJwtProvider({
  name: "netlify",
  title: "Netlify",
  docs: "https://docs.netlify.com/deploy/deploy-notifications/",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  token: { header: "X-Webhook-Signature" },
  bodyHash: { claim: "sha256", encoding: "hex" },
  claims: { iss: "netlify" },
  type: { header: "X-Netlify-Event" },
});
