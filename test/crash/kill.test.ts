/** What was answered 2xx survives SIGKILL at any moment. More rounds: SUREHOOK_CRASH_ROUNDS, or run.ts by hand. */
import { expect, test } from "vitest";
import { crashRounds, type RoundsOptions, type RoundsReport } from "./rounds.ts";

const rounds = Number(process.env["SUREHOOK_CRASH_ROUNDS"] ?? "20");

async function expectNothingLost(options: RoundsOptions): Promise<RoundsReport> {
  const report = await crashRounds(options);
  const counts = Object.entries(report).map(
    ([name, value]) => `${name} ${Array.isArray(value) ? value.length : value}`,
  );
  process.stdout.write(`crash: ${counts.join(", ")}\n`);
  expect(report).toMatchObject({
    rounds: options.rounds,
    lost: [],
    storedTwice: [],
    changed: [],
    undelivered: [],
    otherId: [],
    unexplained: [],
    faults: [],
  });
  expect(report.stored).toBe(report.answered + report.storedUnanswered);
  expect(report.arrivals).toBeGreaterThanOrEqual(report.stored);
  return report;
}

test(`after ${rounds} kills under load each event answered 2xx is kept once, byte for byte, and delivered`, {
  timeout: 120_000 + rounds * 10_000,
}, async () => {
  const { answered } = await expectNothingLost({ rounds });
  expect(answered).toBeGreaterThan(rounds * 10);
});

test("so it is with bodies so large that the WAL is copied into the file meanwhile", async () => {
  const rounds = 3;
  const { answered } = await expectNothingLost({ rounds, perRound: 1_500, largestBytes: 200_000 });
  expect(answered).toBeGreaterThan(rounds * 10);
});
