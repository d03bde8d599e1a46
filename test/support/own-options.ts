/** Options that a provider can't do without, and why some can't sign here. */

const app = (name: string) => ({ kind: "secret" as const, name, optional: true });

/** By the provider's name. */
export const optionsNeeded: Readonly<Record<string, object>> = {
  "azure-eventgrid-entra": { tenantId: "8eaef023-2b34-4da1-9baa-8bc8c9d6a490" },
  braintree: { publicKey: "integration_public_key" },
  ebay: { clientId: app("EBAY_ID"), clientSecret: app("EBAY_APP") },
  "gcp-pubsub": { serviceAccount: "push@example.iam.gserviceaccount.com" },
  hmac: { header: "x-signature" },
  plaid: { clientId: "client" },
};

/** Senders whose requests nobody but they can sign: the key that judges them is fetched from them. */
export const signsItself: Readonly<Record<string, string>> = {
  "azure-eventgrid-entra": "Entra signs by a key of its own",
  "aws-sns": "Amazon signs by a certificate of its own",
  ebay: "eBay signs by a key of its own",
  "gcp-pubsub": "Google signs by a key of its own",
  kinde: "Kinde signs by a key of the business",
  paypal: "PayPal signs by a certificate of its own",
  plaid: "Plaid signs by a key of its own",
};
