import { required } from "../schema.ts";

/** What an event `orders/create` must hold; one that doesn't is answered 200, kept as invalid, and not handled. */
export const schema = required("id");
