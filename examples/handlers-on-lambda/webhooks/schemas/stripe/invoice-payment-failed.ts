import { required } from "../schema.ts";

/** What an event `invoice.payment_failed` must hold; one that doesn't is answered 200, kept as invalid, and not handled. */
export const schema = required("id", "type", "data.object.customer");
