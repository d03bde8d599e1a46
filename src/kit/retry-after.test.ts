import { expect, it } from "vitest";
import { retryAfterMs } from "./retry-after.ts";

const now = Date.UTC(2023, 10, 14, 22, 13, 20);

it.each([
  ["0", 0],
  [" 120 ", 120_000],
  ["Tue, 14 Nov 2023 22:13:50 GMT", 30_000],
  ["Tue, 14 Nov 2023 22:13:00 GMT", 0],
  ["-5", undefined],
  ["1.5", undefined],
  ["99999999999999999999", undefined],
  ["tomorrow", undefined],
  ["GMT", undefined],
  ["", undefined],
])("Retry-After %j asks for %s ms", (value, expected) => {
  expect(retryAfterMs(value, now)).toBe(expected);
});
