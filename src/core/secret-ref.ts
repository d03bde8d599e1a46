import * as z from "zod";

/** `secret("NAME")` in the settings of a source or a destination. */
export const secretRef = z.strictObject({
  kind: z.literal("secret"),
  name: z.string().min(1),
  optional: z.boolean(),
});

/** The same in the JSON form: `{ "secret": "NAME" }`. */
export const writtenSecret = z.strictObject({
  secret: z.string().min(1),
  optional: z.boolean().optional(),
});
