import { describe, expect, it } from "vitest";
import { firstField, isForm, isMultipart } from "./form.ts";

const multipart = (type: string, text: string) =>
  firstField(["Content-Type", type], Buffer.from(text, "utf8"))?.toString("utf8");
const type = "multipart/form-data; boundary=xyz";
const head = 'Content-Disposition: form-data; name="json"';

describe("a form's first field", () => {
  it("is read of fields and of parts", () => {
    const fields = ["content-type", "application/x-www-form-urlencoded; charset=utf-8"];
    expect(isForm(fields)).toBe(true);
    expect(firstField(fields, Buffer.from("a=%7B%7D+&b=2"))?.toString()).toBe("{} ");
    expect(isMultipart(["content-type", type])).toBe(true);
    expect(multipart(type, `--xyz\r\n${head}\r\n\r\n{"a":"ü"}\r\n--xyz--\r\n`)).toBe('{"a":"ü"}');
  });

  it("is read behind a preamble, with a quoted boundary, and with line breaks in it", () => {
    const body = `preamble\r\n--a b\r\n${head}\r\n\r\none\r\n\r\ntwo\r\n--a b\r\n${head}\r\n\r\nx\r\n--a b--`;
    expect(multipart('multipart/form-data; boundary="a b"', body)).toBe("one\r\n\r\ntwo");
  });

  it("may be empty", () => {
    expect(multipart(type, `--xyz\r\n${head}\r\n\r\n\r\n--xyz--`)).toBe("");
  });

  it.each([
    ["another type", "application/json", "{}"],
    ["no boundary", "multipart/form-data", `--\r\n${head}\r\n\r\n{}\r\n----`],
    ["a boundary that isn't there", type, "{}"],
    ["one that begins no line", type, `x--xyz\r\n${head}\r\n\r\n{}\r\n--xyz--`],
    ["no end", type, `--xyz\r\n${head}\r\n\r\n{}`],
    ["no empty line", type, `--xyz\r\n${head}\r\n--xyz--`],
    ["nothing", type, ""],
  ])("isn't there: %s", (_, given, text) => {
    expect(multipart(given, text)).toBeUndefined();
  });
});
