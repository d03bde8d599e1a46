import { expect, test } from "vitest";
import { sumUp } from "../../scripts/sum-up.mjs";

type File = { readonly status: string; readonly tests: readonly string[] };

const reportOf = (...files: readonly File[]) =>
  JSON.stringify({
    testResults: files.map(({ status, tests }) => ({
      status,
      assertionResults: tests.map((test) => ({ status: test })),
    })),
  });

const green = reportOf({ status: "passed", tests: ["passed", "passed"] });

test("tests are counted over all files", () => {
  const report = reportOf(
    { status: "passed", tests: ["passed", "pending"] },
    { status: "failed", tests: ["passed", "failed", "failed"] },
  );
  expect(sumUp({ report, checkCode: 0, testCode: 1 })).toEqual({
    passed: 2,
    failed: 2,
    skipped: 1,
  });
});

test("a failed check is one failure", () => {
  expect(sumUp({ report: green, checkCode: 1, testCode: 0 })).toMatchObject({
    passed: 2,
    failed: 1,
  });
});

test("a file that couldn't be loaded is one failure", () => {
  const report = reportOf({ status: "failed", tests: [] });
  expect(sumUp({ report, checkCode: 0, testCode: 1 })).toMatchObject({ passed: 0, failed: 1 });
});

test("a run that failed without a failed test is one failure, and so is one without a report", () => {
  expect(sumUp({ report: green, checkCode: 0, testCode: 1 })).toMatchObject({ failed: 1 });
  expect(sumUp({ report: undefined, checkCode: 0, testCode: 1 })).toEqual({
    passed: 0,
    failed: 1,
    skipped: 0,
  });
});
