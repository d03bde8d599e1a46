import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { duration, localTime, parseDuration, parseInstant, relativeTime } from "./time.ts";

const now = Date.UTC(2026, 10, 20, 12);

beforeEach(() => {
  vi.stubEnv("TZ", "America/St_Johns");
  vi.useFakeTimers({ now });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

describe("parseInstant", () => {
  test.each([
    ["15m", now - 900_000],
    ["1.5h", now - 5_400_000],
    ["3d", now - 259_200_000],
    ["2026-11-20T08:00:00Z", Date.UTC(2026, 10, 20, 8)],
    ["2026-11-20T08:00:00.250+01:00", Date.UTC(2026, 10, 20, 7, 0, 0, 250)],
    ["2026-11-20T08:00", Date.UTC(2026, 10, 20, 11, 30)],
    ["2026-11-20", Date.UTC(2026, 10, 20, 3, 30)],
    ["1795227647000", 1_795_227_647_000],
  ])("reads %s", (text, expected) => expect(parseInstant(text)).toBe(expected));

  test.each(["", "soon", "15", "-5m", "2026-02-30", "2026-11-20T25:00", "20.11.2026"])(
    "refuses %j",
    (text) => expect(() => parseInstant(text)).toThrow("15m, 2h, 3d"),
  );
});

test("a duration needs a unit and is above 0", () => {
  expect(parseDuration("2h")).toBe(7_200_000);
  for (const text of ["0s", "2", "h"]) expect(() => parseDuration(text)).toThrow("such as 90s");
});

test("times are local, with their offset, or relative", () => {
  expect(localTime(now)).toBe("2026-11-20 08:30:00 -03:30");
  expect(relativeTime(now - 90_000, now)).toBe("1m ago");
  expect(relativeTime(now + 7_200_000, now)).toBe("in 2h");
  expect(relativeTime(now - 10, now)).toBe("now");
  expect(duration(412.4)).toBe("412 ms");
});
