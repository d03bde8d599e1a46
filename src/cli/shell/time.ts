/** Instants and durations as people type and read them. */
import { InvalidArgumentError } from "commander";
import { parseRfc3339 } from "../../kit/rfc3339.ts";

const unitMs = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
} as const;

const localShape = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d(?:\.\d{1,3})?)?)?$/;

/** Milliseconds of `90s`, `15m`, `2h`, `3d`. Throws InvalidArgumentError. */
export function parseDuration(text: string): number {
  const found = durationOf(text);
  if (found !== undefined && found > 0) return found;
  throw new InvalidArgumentError("Give a number and a unit, such as 90s, 15m, 2h or 3d.");
}

/** Milliseconds since 1970 of an ISO time, a local date or time, `15m` (ago), or such milliseconds. Throws InvalidArgumentError. */
export function parseInstant(text: string): number {
  const ago = durationOf(text);
  if (ago !== undefined) return Date.now() - ago;
  if (/^\d{12,14}$/.test(text)) return Number(text);
  const instant = parseRfc3339(text) ?? localInstant(text);
  if (instant !== undefined) return instant;
  throw new InvalidArgumentError(
    "Give how long ago (15m, 2h, 3d) or a time such as 2026-11-20, 2026-11-20T08:00 or 2026-11-20T08:00:00Z.",
  );
}

function durationOf(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w)$/.exec(text);
  if (match === null) return undefined;
  return Math.round(Number(match[1]) * unitMs[match[2] as keyof typeof unitMs]);
}

/** A date or time without an offset is this machine's. The day is checked, since Date takes February 30th. */
function localInstant(text: string): number | undefined {
  const match = localShape.exec(text);
  if (match === null) return undefined;
  const [, day, minutes = "00:00", seconds = ":00"] = match;
  const written = `${day}T${minutes}${seconds}`;
  return parseRfc3339(`${written}Z`) === undefined ? undefined : Date.parse(written);
}

/** Local time with its offset, such as `2026-11-20 09:00:00 +01:00`. */
export function localTime(ms: number): string {
  const date = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
  const east = -date.getTimezoneOffset();
  const offset = `${two(Math.floor(Math.abs(east) / 60))}:${two(Math.abs(east) % 60)}`;
  return `${day} ${clock} ${east < 0 ? "-" : "+"}${offset}`;
}

/** How far away an instant is: `5s ago`, `in 2m`, `now`. */
export function relativeTime(ms: number, now: number): string {
  const far = Math.abs(now - ms);
  if (far < 1_000) return "now";
  return ms > now ? `in ${duration(far)}` : `${duration(far)} ago`;
}

/** A duration in its largest fitting unit. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  const unit = (["d", "h", "m", "s"] as const).find((name) => ms >= unitMs[name]) ?? "s";
  return `${Math.floor(ms / unitMs[unit])}${unit}`;
}
