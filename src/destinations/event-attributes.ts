/** An event as text with attributes, for services that carry a text and named values beside it. */
import * as z from "zod";
import type { Parcel } from "../core/types.ts";
import { headerOf } from "../kit/raw-headers.ts";
import { formatRfc3339 } from "../kit/rfc3339.ts";
import { filled, happenedAt, templateText, templateWords } from "./event-template.ts";

/** What SQS refuses in a text: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html. */
const refusedChar = /[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;
const refusedChars = new RegExp(refusedChar, "gu");
/** SQS takes ten, and ours are at most seven. */
const mostOwn = 3;
const longestValue = 256;

const attributeName = /^(?!aws\.|amazon\.)[A-Za-z0-9_-][A-Za-z0-9_.-]{0,127}$/i;

/** Attributes that a config adds. */
export const attributesSetting = z
  .record(z.string().regex(attributeName, "letters, digits, `_`, `-`, `.`"), templateText)
  .refine((own) => Object.keys(own).length <= mostOwn, `at most ${mostOwn} attributes`)
  .optional()
  .describe(
    `Up to ${mostOwn} attributes beside \`id\`, \`source\`, \`provider\`, \`type\` and \`timestamp\`; one without a value is left out. ${templateWords}`,
  );

/** A text and its attributes. `encoding` is `base64` where the bytes aren't a text that such a service takes, `empty` where there are none. */
export type AttributedText = {
  readonly text: string;
  readonly attributes: Readonly<Record<string, string>>;
};

/** The event's bytes, unchanged where they are text, with what it is as attributes. */
export function attributedText(
  parcel: Parcel,
  own: Readonly<Record<string, string>> = {},
): AttributedText {
  const { event } = parcel;
  const { text, encoding } = bodyText(parcel.body);
  const attributes: Record<string, string | undefined> = {
    id: event.id,
    source: event.source,
    provider: event.provider,
    type: event.type,
    timestamp: formatRfc3339(happenedAt(parcel)),
    encoding,
    "content-encoding": contentEncoding(parcel),
  };
  for (const [name, template] of Object.entries(own)) attributes[name] = filled(template, parcel);
  return { text, attributes: sendable(attributes) };
}

/** Bytes as such a text. */
export function bodyText(body: Buffer): {
  readonly text: string;
  readonly encoding?: "base64" | "empty";
} {
  if (body.length === 0) return { text: "(empty)", encoding: "empty" };
  const text = body.toString("utf8");
  const isText = Buffer.from(text, "utf8").equals(body) && !refusedChar.test(text);
  return isText ? { text } : { text: body.toString("base64"), encoding: "base64" };
}

/** What compressed the body, where it is sent on as it came. */
export function contentEncoding({ event, headers }: Parcel): string | undefined {
  return event.inDecoded ? undefined : headerOf(headers, "content-encoding");
}

/** As SQS and SNS want them. */
export function stringAttributes(attributes: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      { DataType: "String", StringValue: value },
    ]),
  );
}

/** Bytes that count for the limits of SQS and SNS: the text, and each attribute's name, type and value. */
export function sizeOf({ text, attributes }: AttributedText): number {
  const parts = Object.entries(attributes).map(
    ([name, value]) => name.length + "String".length + Buffer.byteLength(value),
  );
  return parts.reduce((sum, part) => sum + part, Buffer.byteLength(text));
}

function sendable(attributes: Readonly<Record<string, string | undefined>>) {
  const texts = Object.entries(attributes).flatMap(([name, value]) => {
    const text = value?.toWellFormed().replaceAll(refusedChars, "?").slice(0, longestValue);
    return text ? [[name, text.toWellFormed()]] : [];
  });
  return Object.fromEntries(texts) as Record<string, string>;
}
