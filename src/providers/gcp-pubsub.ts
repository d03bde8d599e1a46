import { declareBearerProvider } from "./schemes/declared-bearer.ts";

/** Options of `gcpPubsub` beside those of every source; its secrets are the audiences that its subscriptions name. */
export type GcpPubsubOptions = {
  /** The service account that the subscriptions push as. Without it any account of Google's that names the audience fits. */
  readonly serviceAccount: string;
};

/** Google's keys for the tokens of its accounts. */
const keysUrl = "https://www.googleapis.com/oauth2/v3/certs";
const issuers: readonly unknown[] = ["https://accounts.google.com", "accounts.google.com"];

/** Google Cloud Pub/Sub, pushed with authentication. */
export const gcpPubsub = declareBearerProvider<GcpPubsubOptions>({
  name: "gcp-pubsub",
  title: "Google Cloud Pub/Sub",
  docs: "https://docs.cloud.google.com/pubsub/docs/authenticate-push-subscriptions",
  evidence: {
    kind: "docs",
    source: "https://docs.cloud.google.com/pubsub/docs/authenticate-push-subscriptions",
    readOn: "2026-11-21",
    read: "Authorization: Bearer and an OpenID Connect JWT by RS256; claims iss, aud, email, email_verified, iat, exp; the body is not among them",
  },
  notCovered: "the body: who has one token can send any body until it ends, within an hour",
  retries: true,
  settings: {
    serviceAccount: {
      kind: "text",
      words: "The e-mail address of the service account that the subscriptions push as.",
    },
  },
  issuer: "Google",
  keysUrl: () => keysUrl,
  isSender: ({ iss, email, email_verified: isVerified }, { serviceAccount }) =>
    issuers.includes(iss) && isVerified === true && email === serviceAccount,
  claimsOf: ({ serviceAccount }) => ({
    iss: issuers[0],
    email: serviceAccount,
    email_verified: true,
  }),
  id: { json: "message.messageId" },
  type: { json: "message.attributes.type" },
  time: { json: "message.publishTime", unit: "rfc3339" },
});
