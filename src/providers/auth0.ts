import { declareTokenProvider } from "./schemes/declared-token.ts";

/** Auth0 log streams. */
export const auth0 = declareTokenProvider({
  name: "auth0",
  title: "Auth0 log streams",
  docs: "https://auth0.com/docs/customize/log-streams/custom-log-streams",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  token: { header: "Authorization" },
});
