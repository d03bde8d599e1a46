/** A schema of the Standard Schema form (standardschema.dev): one of Zod, Valibot or ArkType fits too. */
export type Schema = {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => Validity;
  };
};

type Validity =
  | { readonly value: unknown; readonly issues?: undefined }
  | { readonly issues: ReadonlyArray<{ readonly message: string }> };

/** A schema that asks for fields, by dotted paths. */
export function required(...paths: readonly string[]): Schema {
  return {
    "~standard": {
      version: 1,
      vendor: "webhooks",
      validate: (value) => {
        const missing = paths.filter((path) => at(value, path) === undefined);
        if (missing.length === 0) return { value };
        return { issues: missing.map((path) => ({ message: path + " is missing" })) };
      },
    },
  };
}

function at(value: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>((inner, key) => Object(inner)[key], value);
}
