import { headerOf } from "./raw-headers.ts";

/** Whether the body is a form's fields (`application/x-www-form-urlencoded`). */
export function isForm(headers: readonly string[]): boolean {
  const type = headerOf(headers, "content-type") ?? "";
  return type.toLowerCase().startsWith("application/x-www-form-urlencoded");
}

/** The bytes of a form's first field; undefined where there is none. */
export function firstField(form: Buffer): Buffer | undefined {
  const [field] = new URLSearchParams(form.toString("utf8")).values();
  return field === undefined ? undefined : Buffer.from(field, "utf8");
}
