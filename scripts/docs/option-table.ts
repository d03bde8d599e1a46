/** Tables of the docs; those of options come from their schemas. */
import * as z from "zod";

type Shape = Readonly<Record<string, z.core.$ZodType>>;

/** A table of options, each with those of what is in it. */
export function table(shape: Shape): string[] {
  const rows = Object.entries(shape).flatMap(([name, schema]) => rowsOf(name, schema));
  return ["| option | form | meaning |", "| --- | --- | --- |", ...rows];
}

function rowsOf(name: string, schema: z.core.$ZodType): string[] {
  const written = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonForm;
  const json = { ...Object.values(written.$defs ?? {})[0], ...written };
  const inner = Object.entries(json.properties ?? {}).map(([key, form]) =>
    row(`${name}.${key}`, form),
  );
  return [row(name, json), ...inner];
}

function row(name: string, form: JsonForm): string {
  const isPlain = form.default !== undefined && typeof form.default !== "object";
  const standard = isPlain ? ` Default: \`${JSON.stringify(form.default)}\`.` : "";
  const written = isRecordOfOptions(form) ? "object" : formOf(form);
  return `| \`${name}\` | ${cell(written)} | ${cell(form.description ?? "")}${standard} |`;
}

/** Its options have rows of their own. */
function isRecordOfOptions(form: JsonForm): boolean {
  return form.properties !== undefined && form.properties["kind"]?.const !== "secret";
}

type JsonForm = {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly items?: JsonForm;
  readonly anyOf?: readonly JsonForm[];
  readonly oneOf?: readonly JsonForm[];
  readonly properties?: Readonly<Record<string, JsonForm>>;
  readonly required?: readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  /** What is described once for all: one thing at most. */
  readonly $defs?: Readonly<Record<string, JsonForm>>;
};

function formOf(form: JsonForm): string {
  if (form.const !== undefined) return `\`${JSON.stringify(form.const)}\``;
  if (form.enum) return form.enum.map((one) => `\`${JSON.stringify(one)}\``).join(" or ");
  const either = form.anyOf ?? form.oneOf;
  if (either) return [...new Set(either.map(formOf))].join(" or ");
  if (form.properties?.["kind"]?.const === "secret") return "`secret()`";
  if (form.type === "array" && Object.keys(form.items ?? {}).length === 0) return "list";
  if (form.properties) return `\`{ ${namesOf(form).join(", ")} }\``;
  if (form.type === "array") return `list of ${formOf(form.items ?? {})}`;
  return form.type ?? "function or module";
}

function namesOf({ properties = {}, required = [] }: JsonForm): string[] {
  return Object.keys(properties).map((name) => (required.includes(name) ? name : `${name}?`));
}

/** A text as it may stand in a table. */
export function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
