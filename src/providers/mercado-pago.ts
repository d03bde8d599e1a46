import { declareProvider } from "./schemes/declared.ts";

/** Mercado Pago. */
export const mercadoPago = declareProvider({
  name: "mercado-pago",
  title: "Mercado Pago",
  docs: "https://www.mercadopago.com/developers/en/docs/your-integrations/notifications/webhooks",
  evidence: { kind: "sdk", source: "mercadopago@3.6.1" },
  notCovered: "the body: only the query's data.id, the request's id and the instant are signed",
  signature: { header: "x-signature", prefix: "v1=", separator: "," },
  content: [
    { literal: "id:" },
    { query: "data.id" },
    { literal: ";request-id:" },
    { header: "x-request-id" },
    { literal: ";ts:" },
    "timestamp",
    { literal: ";" },
  ],
  timestamp: { prefix: "ts=" },
  id: { json: "id" },
  type: { json: "action" },
});
