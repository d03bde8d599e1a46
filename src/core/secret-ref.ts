import * as z from "zod";

/** `secret("NAME")` in the settings of a source or a destination. */
export const secretRef = z.strictObject({
  kind: z.literal("secret"),
  name: z.string().min(1),
  optional: z.boolean(),
});
