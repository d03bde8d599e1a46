import * as z from "zod";

/**
 * Names of secrets that are the gateway's own: `SUREHOOK_KEY` and on AWS `SUREHOOK_ORIGIN`, which the stack makes, and
 * `made`, the field that Secrets Manager fills in a secret that is new. A sender's of that name would be that.
 */
export const ownSecrets: readonly string[] = ["SUREHOOK_KEY", "SUREHOOK_ORIGIN", "made"];
const isFree = (name: string): boolean => !ownSecrets.includes(name);
const free = `another name: \`${ownSecrets.join("`, `")}\` are the gateway's own`;

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
