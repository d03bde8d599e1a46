import type { SecretRef } from "../core/types.ts";
import { declareProvider } from "./schemes/declared.ts";

/** Options of `meta` beside those of every source. */
export type MetaOptions = {
  /** The verify token as it is entered at Meta; without it no address can be subscribed. */
  readonly verifyToken?: SecretRef;
};

/**
 * Meta (WhatsApp, Instagram, Messenger, Pages). An entry is an event: its changes don't say of which page or
 * account they are. They are of one field nearly always, and the type has the first one's.
 */
export const meta = declareProvider<MetaOptions>({
  name: "meta",
  title: "Meta (WhatsApp, Instagram, Messenger, Pages)",
  docs: "https://developers.facebook.com/docs/graph-api/webhooks/getting-started",
  evidence: {
    kind: "docs",
    source: "https://github.com/WhatsApp/WhatsApp-Nodejs-SDK/blob/main/src/api/webhooks.ts",
    readOn: "2026-11-21",
    read: "X-Hub-Signature-256: sha256= and HMAC-SHA256 in hex over the body, key the app secret",
  },
  signature: { header: "X-Hub-Signature-256", prefix: "sha256=" },
  type: { json: "object" },
  settings: {
    verifyToken: {
      kind: "secret",
      optional: true,
      words: "The verify token as it is entered at Meta; without it no address can be subscribed.",
    },
  },
  handshakes: [
    {
      method: "GET",
      when: [{ query: "hub.mode", is: "subscribe" }],
      challenge: { query: "hub.challenge" },
      token: { at: { query: "hub.verify_token" }, option: "verifyToken" },
      answer: { text: "{challenge}" },
    },
  ],
  batch: { items: "entry.*", type: [{ around: "object" }, { json: "changes.0.field" }] },
});
