import { declareProvider } from "./schemes/declared.ts";

/** WooCommerce. The delivery's id repeats within a second, so that it must never count alone; unsigned, it doesn't. */
export const woocommerce = declareProvider({
  name: "woocommerce",
  title: "WooCommerce",
  docs: "https://woocommerce.com/document/webhooks/",
  evidence: {
    kind: "docs",
    source:
      "https://github.com/woocommerce/woocommerce/blob/trunk/plugins/woocommerce/includes/class-wc-webhook.php",
    readOn: "2026-11-20",
    read: "X-WC-Webhook-Signature: HMAC-SHA256 in base64 over the body; the delivery's id is made of webhook and second",
  },
  deadlineSeconds: 60,
  retries: false,
  signature: { header: "X-WC-Webhook-Signature", encoding: "base64" },
  id: { header: "X-WC-Webhook-Delivery-ID" },
  type: { header: "X-WC-Webhook-Topic" },
  // A new webhook is tried by a form without a signature, and is only kept after a 200.
  handshakes: [{ body: /^webhook_id=\d{1,20}$/, answer: {} }],
});
