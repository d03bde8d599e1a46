import { describe, expect, it } from "vitest";
import { bodyVariants, secretVariants, spellingVariants, urlVariants } from "./variants.ts";

const made = (body: string): readonly string[] =>
  bodyVariants(Buffer.from(body)).map(({ value }) => value.toString("utf8"));

describe("a body may have been", () => {
  const text = '{"a":"grüße/1","b":[1,{"c":"{ \\"x\\": [ 1 ] }"}],"d":{}}';

  it.each([
    ["compact JSON", JSON.stringify(JSON.parse(text), undefined, 2), text],
    [
      "JSON as PHP writes it",
      text,
      text.replaceAll("/", "\\/").replace(/ü/, "\\u00fc").replace(/ß/, "\\u00df"),
    ],
    ["JSON with escaped slashes", text, text.replaceAll("/", "\\/")],
    [
      "JSON as Python writes it",
      text,
      '{"a": "gr\\u00fc\\u00dfe/1", "b": [1, {"c": "{ \\"x\\": [ 1 ] }"}], "d": {}}',
    ],
    ["JSON in another order", '{"b":1,"a":2}', '{"a":2,"b":1}'],
    ["without a line break at its end", `${text}\n`, text],
    ["with one", text, `${text}\n`],
    ["of other line breaks", "a\r\nb", "a\nb"],
    ["a form with other spaces", "a=b+c", "a=b%20c"],
  ])("%s", (_, arrived, signed) => {
    expect(made(arrived)).toContain(signed);
  });

  it("bytes that aren't text, and come back as they were", () => {
    const bytes = Buffer.from([0xff, 0x00, 0x0d, 0x0a]);
    const [first] = bodyVariants(bytes);
    expect(first?.value).toEqual(Buffer.from([0xff, 0x00]));
  });

  it("nothing that it is already, and nothing twice", () => {
    const all = made(text);
    expect(all).not.toContain(text);
    expect(new Set(all).size).toBe(all.length);
    expect(all.length).toBeLessThan(20);
  });
});

it("a secret is never tried empty or as it is", () => {
  for (const secret of ["", '""', " ", "whsec_", "Bearer ", "a"]) {
    const values = secretVariants(secret).map(({ value }) => value);
    expect(values).not.toContain("");
    expect(values).not.toContain(secret);
  }
});

it("an address may have had another scheme, port, slash, query or host", () => {
  const request = { path: "/in", query: "a=1", headers: [] };
  const all = urlVariants("https://a.example/in?a=1", request, ["https://b.example"]);
  for (const url of [
    "http://a.example/in?a=1",
    "https://a.example:443/in?a=1",
    "https://a.example/in/?a=1",
    "https://a.example/in",
    "https://b.example/in?a=1",
    "http://b.example/in/",
  ]) {
    expect(all).toContain(url);
  }
  expect(all.length).toBeLessThan(100);
});

it("a signature may have lost its prefix or its case", () => {
  const values = spellingVariants("ABC").map(({ value }) => value);
  expect(values).toEqual(expect.arrayContaining(["sha256=ABC", "abc"]));
});
