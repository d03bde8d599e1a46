import * as z from "zod";

/**
 * Names that are the gateway's own: its settings, its keys (on AWS `SUREHOOK_KEY` and `SUREHOOK_ORIGIN` are secrets of
 * the stack), and `made`, the field that Secrets Manager fills in a secret that is new. A sender's of that name would be that.
 */
const isFree = (name: string): boolean => !/^(?:SUREHOOK_|made$)/.test(name);
const free = "another name: those that begin with SUREHOOK_, and `made`, are the gateway's own";

/** `secret("NAME")` in the settings of a source or a destination. */
export const secretRef = z.strictObject({
  kind: z.literal("secret"),
  name: z.string().min(1).refine(isFree, free),
  optional: z.boolean(),
});

/** The same in the JSON form: `{ "secret": "NAME" }`. */
export const writtenSecret = z.strictObject({
  secret: z.string().min(1).refine(isFree, free),
  optional: z.boolean().optional(),
});
