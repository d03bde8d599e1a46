/** The last line of `.ci/run`: `N passed, N failed`, of vitest's JSON report and the exit codes of check and tests. */
import { readFileSync } from "node:fs";

/**
 * Counts a run. A failed check is one failure; so is a test file that can't be loaded, and a test run
 * that failed without a failed test (an error outside of tests, a crash of the runner).
 * @param {{ readonly report: string | undefined, readonly checkCode: number, readonly testCode: number }} run
 */
export function sumUp({ report, checkCode, testCode }) {
  const files = report === undefined ? [] : JSON.parse(report).testResults;
  const tests = files.flatMap((/** @type {any} */ file) => file.assertionResults);
  const count = (/** @type {string} */ status) =>
    tests.filter((/** @type {any} */ test) => test.status === status).length;
  const unloaded = files.filter(
    (/** @type {any} */ file) =>
      file.status === "failed" &&
      !file.assertionResults.some((/** @type {any} */ test) => test.status === "failed"),
  ).length;
  const failedTests = count("failed") + unloaded;
  const unexplained = testCode !== 0 && failedTests === 0 ? 1 : 0;
  return {
    passed: count("passed"),
    failed: failedTests + unexplained + (checkCode === 0 ? 0 : 1),
    skipped: tests.length - count("passed") - count("failed"),
  };
}

function readReport(/** @type {string} */ file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

if (process.argv[1]?.endsWith("sum-up.mjs")) {
  const [file = "", checkCode, testCode] = process.argv.slice(2);
  const report = readReport(file);
  const { passed, failed, skipped } = sumUp({
    report,
    checkCode: Number(checkCode),
    testCode: report === undefined ? Number(testCode) || 1 : Number(testCode),
  });
  if (skipped > 0) process.stdout.write(`${skipped} skipped\n`);
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  process.exitCode = failed > 0 ? 1 : 0;
}
