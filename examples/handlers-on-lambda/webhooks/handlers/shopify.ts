import type { Handlers } from "../processors/process-event.ts";
import { onOrdersCreate } from "./shopify/orders-create.ts";

/** Which function handles which of Shopify's events; `surehook add handler` adds one. */
export const handlers: Handlers = {
  "orders/create": onOrdersCreate,
};
