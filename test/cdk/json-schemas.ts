/** JSON Schemas of many kinds, and bodies that they are held against. */
import type { JsonSchema } from "../../src/core/schemas.ts";

/** Formats are annotations here, as on one machine. */
export const formats: JsonSchema = {
  type: "object",
  required: ["id"],
  properties: {
    id: { type: "string", format: "uuid" },
    at: { type: "string", format: "date-time" },
    from: { type: "string", format: "email" },
    link: { type: "string", format: "uri" },
  },
};

const payment: JsonSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  $id: "https://shop.example/payment",
  type: "object",
  required: ["id", "amount"],
  properties: {
    id: { type: "string", minLength: 2, maxLength: 6 },
    amount: { type: "integer", minimum: 1, multipleOf: 5 },
    currency: { enum: ["eur", "usd"] },
    customer: { $ref: "#/$defs/customer" },
    lines: {
      type: "array",
      uniqueItems: true,
      minItems: 1,
      prefixItems: [{ type: "string" }],
      items: { $ref: "#/$defs/line" },
    },
  },
  unevaluatedProperties: false,
  $defs: {
    customer: {
      type: "object",
      properties: { name: { type: "string", pattern: "^\\p{L}+( \\p{L}+)*$" } },
      patternProperties: { "^x-": { type: "string" } },
      additionalProperties: false,
    },
    line: {
      type: "object",
      required: ["sku"],
      properties: { sku: { $ref: "#/$defs/name" }, parts: { items: { $ref: "#/$defs/line" } } },
    },
    name: { $anchor: "name", type: "string", minLength: 1 },
  },
};

/** By what each shows. */
export const schemas: Readonly<Record<string, JsonSchema>> = {
  formats,
  payment,
  tree: {
    $id: "https://shop.example/tree",
    $dynamicAnchor: "node",
    type: "object",
    properties: { kids: { type: "array", items: { $dynamicRef: "#node" } }, id: true },
    required: ["kids"],
  },
  choices: {
    oneOf: [
      { properties: { kind: { const: "a" }, size: { type: "number" } }, required: ["kind"] },
      { properties: { kind: { const: { deep: [1, "two"] } } }, required: ["kind"] },
    ],
    if: { properties: { size: { exclusiveMinimum: 10 } }, required: ["size"] },
    // biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema
    then: { required: ["reason"] },
    dependentRequired: { reason: ["by"] },
    propertyNames: { maxLength: 8 },
  },
  seventh: {
    $schema: "http://json-schema.org/draft-07/schema#",
    definitions: { id: { type: ["string", "null"], maxLength: 3 } },
    type: "object",
    properties: { id: { $ref: "#/definitions/id" }, lines: { contains: { const: 1 } } },
    dependencies: { kind: ["size"] },
  },
  of2019: {
    $schema: "https://json-schema.org/draft/2019-09/schema",
    type: "object",
    allOf: [{ properties: { id: { type: "string" } } }, { minProperties: 1 }],
    unevaluatedProperties: { type: "number" },
  },
  keys: { type: "object", required: ["a/b~c"], properties: { "a/b~c": { type: "null" } } },
  absent: { not: { type: "object" } },
  withText: { type: "object", properties: { id: { const: '\u2028 "quoted" `this` $1' } } },
};

/** Events of all kinds, also such as are none. */
export const bodies: readonly unknown[] = [
  undefined,
  null,
  5,
  "text",
  [],
  {},
  { id: "😀", amount: 5 },
  { id: "😀😀", amount: 5 },
  { id: "not a uuid", at: "yesterday", from: "nobody", link: "::", amount: 5 },
  { id: 5 },
  { id: null, lines: [1, 1] },
  { id: "ab", amount: 7 },
  { id: "ab", amount: 5, currency: "gbp" },
  { id: "ab", amount: 5, currency: "eur", more: true },
  { id: "ab", amount: 5, customer: { name: "Åsa Öberg", "x-a": "b" } },
  { id: "ab", amount: 5, customer: { name: "R2 D2" } },
  { id: "ab", amount: 5, customer: { "x-a": 1 } },
  { id: "ab", amount: 5, lines: ["first", { sku: "1", parts: [{ sku: "" }] }] },
  { id: "ab", amount: 5, lines: ["first", { sku: "1" }, { sku: "1" }] },
  { id: "ab", amount: 5, lines: [] },
  { kids: [{ kids: [] }, { kids: [{ kids: 5 }] }] },
  { kids: [{ kids: [] }] },
  { kind: "a" },
  { kind: "a", size: "large" },
  { kind: "a", size: 11 },
  { kind: "a", size: 11, reason: "none" },
  { kind: "a", size: 11, reason: "none", by: "me", alongname: 1 },
  { kind: { deep: [1, "two"] } },
  { "a/b~c": null },
  { "a/b~c": 5 },
  { id: '\u2028 "quoted" `this` $1' },
];
