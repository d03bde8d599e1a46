/** What is wrong with HMAC options together, and what they cover. Without zod, which would weigh on each declared provider. */
import type { Conflict } from "../../core/define.ts";
import type { ContentPiece, HmacOptions } from "./hmac-settings.ts";

type Place = { readonly [Kind in "header" | "query" | "json"]?: string };

/** Whether two selectors mean the same place. */
export function sameSelector(a: object, b: object): boolean {
  const [left, right] = [a as Place, b as Place];
  if (left.header !== undefined) return left.header.toLowerCase() === right.header?.toLowerCase();
  if (left.query !== undefined) return left.query === right.query;
  return left.json !== undefined && left.json === right.json;
}

/** Whether the content covers every byte of the body. */
export function coversBody(content: readonly ContentPiece[]): boolean {
  return content.some((part) => part === "body" || (typeof part === "object" && "hash" in part));
}

/** What is wrong with options that are right one by one. */
export function hmacConflicts(options: HmacOptions): readonly Conflict[] {
  const content = options.content ?? ["body"];
  return [
    ...locationConflicts(options, content),
    ...timestampConflicts(options, content),
    ...(content.some(isOfTheRequest)
      ? []
      : [
          {
            option: "content",
            expected: "at least one piece that differs from request to request",
            from: ["content"],
          },
        ]),
  ];
}

function isOfTheRequest(part: ContentPiece): boolean {
  if (typeof part === "object") return !("literal" in part);
  return part === "body" || part === "timestamp";
}

function locationConflicts(options: HmacOptions, content: readonly ContentPiece[]): Conflict[] {
  const { header, query, field } = options;
  const given = [header, query, field].filter((place) => place !== undefined);
  if (given.length !== 1) {
    return [{ option: "header", expected: "exactly one of header, query and field", from: places }];
  }
  if (field !== undefined && coversBody(content)) {
    const expected =
      'a list of what is signed without the body itself, such as [{ json: "data" }]: the signature stands in the body';
    return [{ option: "content", expected, from: ["field", "content"] }];
  }
  const place = header ? { header } : query ? { query } : { json: field ?? "" };
  const coversItself = content.some(
    (part) => typeof part === "object" && sameSelector(part, place),
  );
  return coversItself
    ? [
        {
          option: "content",
          expected: "pieces other than the signature itself",
          from: [...places, "content"],
        },
      ]
    : [];
}

const places = ["header", "query", "field"];
const ofTimestamp = ["timestamp", "content"];

function timestampConflicts(options: HmacOptions, content: readonly ContentPiece[]): Conflict[] {
  const { timestamp } = options;
  if (timestamp === undefined) {
    return content.includes("timestamp")
      ? [
          {
            option: "timestamp",
            expected: "where the timestamp stands, since content has it",
            from: ofTimestamp,
          },
        ]
      : [];
  }
  const covered =
    content.includes("timestamp") ||
    content.some((part) => typeof part === "object" && sameSelector(part, timestamp)) ||
    ("json" in timestamp && coversBody(content));
  if (covered) return [];
  const expected =
    'the piece "timestamp" among others: anybody could change one that is not signed';
  return [{ option: "content", expected, from: ofTimestamp }];
}
