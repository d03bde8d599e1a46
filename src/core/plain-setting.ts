/** Options as data. A provider whose options are said so takes no schema library into the bundles of those who only verify. */
import * as z from "zod";
import { secretRef } from "./secret-ref.ts";

/** What an option may be, and what it is for; `text` is never empty. */
export type PlainSetting = {
  readonly words: string;
  readonly optional?: true;
} & (
  | { readonly kind: "text" | "flag" | "secret" }
  | { readonly kind: "choice"; readonly of: readonly [string, ...string[]] }
);

/** A provider's own options: each as data, or as a schema where data doesn't suffice. */
export type OwnSettings = Readonly<Record<string, PlainSetting | z.ZodType>>;

/** The schemas of a provider's own options. */
export function shapeOf(settings: OwnSettings = {}): z.ZodRawShape {
  return Object.fromEntries(
    Object.entries(settings).map(([name, one]) => [
      name,
      one instanceof z.ZodType ? one : schemaOf(one),
    ]),
  );
}

function schemaOf(setting: PlainSetting): z.ZodType {
  const schema = plainSchema(setting);
  return (setting.optional ? schema.optional() : schema).describe(setting.words);
}

function plainSchema(setting: PlainSetting): z.ZodType {
  switch (setting.kind) {
    case "text":
      return z.string().min(1);
    case "flag":
      return z.boolean();
    case "secret":
      return secretRef;
    case "choice":
      return z.enum(setting.of);
    default:
      return setting satisfies never;
  }
}
