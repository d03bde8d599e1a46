import { headerOf } from "./raw-headers.ts";

/** Whether the body is a form's fields (`application/x-www-form-urlencoded`). */
export function isForm(headers: readonly string[]): boolean {
  return contentType(headers).toLowerCase().startsWith("application/x-www-form-urlencoded");
}

/** Whether the body is a form in parts (`multipart/form-data`, RFC 7578). */
export function isMultipart(headers: readonly string[]): boolean {
  return contentType(headers).toLowerCase().startsWith("multipart/form-data");
}

/** The bytes of a form's first field, whichever form it is; undefined where there is none. */
export function firstField(headers: readonly string[], body: Buffer): Buffer | undefined {
  if (isMultipart(headers)) return firstPart(contentType(headers), body);
  if (!isForm(headers)) return undefined;
  const [field] = new URLSearchParams(body.toString("utf8")).values();
  return field === undefined ? undefined : Buffer.from(field, "utf8");
}

function contentType(headers: readonly string[]): string {
  return headerOf(headers, "content-type") ?? "";
}

/** What stands between a part's empty line and the next boundary, as it was sent. */
function firstPart(type: string, body: Buffer): Buffer | undefined {
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(type) ?? [];
  const boundary = `--${quoted ?? plain ?? ""}`;
  const opening = boundary === "--" ? -1 : body.indexOf(`${boundary}\r\n`);
  if (opening < 0 || (opening > 0 && body.toString("latin1", opening - 2, opening) !== "\r\n")) {
    return undefined;
  }
  const empty = body.indexOf("\r\n\r\n", opening);
  const end = empty < 0 ? -1 : body.indexOf(`\r\n${boundary}`, empty + 2);
  return end < 0 ? undefined : body.subarray(empty + 4, Math.max(end, empty + 4));
}
