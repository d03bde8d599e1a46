/** Of Shopify's events, what the handlers read: https://shopify.dev/docs/api/webhooks has the rest. */
export type Order = {
  readonly id: number;
  readonly email?: string | null;
  readonly financial_status?: string | null;
};
