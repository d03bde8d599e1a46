import { required } from "../schema.ts";

/** What any event must hold; one that doesn't is answered 200, kept as invalid, and not handled. */
export const schema = required("id", "type", "data");
