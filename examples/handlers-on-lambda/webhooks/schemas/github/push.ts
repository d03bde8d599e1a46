import { required } from "../schema.ts";

/** What an event `push` must hold; one that doesn't is answered 200, kept as invalid, and not handled. */
export const schema = required("ref", "after", "repository.full_name");
