import { declareTokenProvider } from "./schemes/declared-token.ts";

/** Postmark. */
export const postmark = declareTokenProvider({
  name: "postmark",
  title: "Postmark",
  docs: "https://postmarkapp.com/developer/webhooks/webhooks-overview",
  addresses: "https://postmarkapp.com/support/article/800-ips-for-firewalls",
  evidence: {
    kind: "unconfirmed",
    source: "public registries of senders; not read at the sender yet",
  },
  token: { basic: true },
  type: { json: "RecordType" },
});
