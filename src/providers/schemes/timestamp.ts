import { formatRfc3339, parseRfc3339 } from "../../kit/rfc3339.ts";
import type { Rejection } from "./verdict.ts";
import { rejected } from "./verdict.ts";

/** How a sender writes instants: seconds or milliseconds since 1970, or RFC 3339. */
export type TimestampUnit = "s" | "ms" | "rfc3339";

/** Milliseconds since 1970, or undefined where the text isn't an instant in this unit. */
export function parseTimestamp(text: string, unit: TimestampUnit): number | undefined {
  if (unit === "rfc3339") return parseRfc3339(text);
  if (!/^[0-9]{1,14}$/.test(text)) return undefined;
  return unit === "s" ? Number(text) * 1000 : Number(text);
}

/** An instant as the sender writes it. */
export function formatTimestamp(ms: number, unit: TimestampUnit): string {
  if (unit === "rfc3339") return formatRfc3339(ms);
  return String(Math.floor(unit === "s" ? ms / 1000 : ms));
}

/**
 * Refuses an instant that isn't one, or that lies outside the tolerance on either side; several
 * official SDKs look at the past only. With seconds, `now` counts in whole seconds too, as in the SDKs.
 */
export function judgeTimestamp(
  text: string,
  unit: TimestampUnit,
  clock: { readonly now: number; readonly toleranceSeconds: number },
): Rejection | undefined {
  const at = parseTimestamp(text, unit);
  if (at === undefined) return rejected("INVALID_FORMAT", `the timestamp is not ${words[unit]}`);
  const now = unit === "s" ? Math.floor(clock.now / 1000) * 1000 : clock.now;
  const toleranceMs = clock.toleranceSeconds * 1000;
  if (now - at > toleranceMs) {
    return outside("TIMESTAMP_TOO_OLD", at - now);
  }
  if (at - now > toleranceMs) {
    return outside("TIMESTAMP_IN_FUTURE", at - now);
  }
  return undefined;
}

function outside(code: "TIMESTAMP_TOO_OLD" | "TIMESTAMP_IN_FUTURE", offMs: number): Rejection {
  const offSeconds = Math.round(offMs / 1000);
  const words = `signed ${Math.abs(offSeconds)} s ${offMs < 0 ? "ago" : "ahead"}`;
  return { ...rejected(code, words), offSeconds };
}

const words = {
  s: "seconds since 1970 in digits",
  ms: "milliseconds since 1970 in digits",
  rfc3339: "an RFC 3339 instant",
} as const;
