import { describe, expect, it } from "vitest";
import { contextOf } from "./conformance.ts";
import { salesforceOutcome } from "./salesforce-answer.ts";

function outcome(status: number, body: unknown, retryAfter?: string) {
  const excerpt = Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
  return salesforceOutcome({ kind: "answered", status, retryAfter, excerpt }, contextOf());
}

const apexError = (message: string) => [{ errorCode: "APEX_ERROR", message }];
const failedSave = (code: string) =>
  apexError(
    `System.DmlException: Insert failed. First exception on row 0; first error: ${code}, no`,
  );

describe("an answer of Apex REST", () => {
  it("is a delivery when it is a 2xx", () => {
    for (const status of [200, 201, 204]) {
      expect(outcome(status, "{}")).toEqual({ kind: "delivered", status });
    }
  });

  it.each([
    [400, [{ errorCode: "REQUIRED_FIELD_MISSING", message: "missing: [Name]" }]],
    [400, [{ errorCode: "JSON_PARSER_ERROR", message: "Unexpected character" }]],
    [400, { reason: "the class refused it in its own words" }],
    [413, ""],
    [415, ""],
    [422, [{ errorCode: "FIELD_CUSTOM_VALIDATION_EXCEPTION", message: "too small" }]],
    [500, failedSave("REQUIRED_FIELD_MISSING")],
    [500, failedSave("FIELD_CUSTOM_VALIDATION_EXCEPTION")],
    [500, failedSave("STRING_TOO_LONG")],
  ])("refuses the record: %i %j", (status, body) => {
    expect(outcome(status, body)).toMatchObject({
      kind: "failed",
      code: "DESTINATION_REFUSED",
      status,
      permanent: true,
    });
  });

  it.each([
    [400, [{ errorCode: "UNABLE_TO_LOCK_ROW", message: "unable to obtain exclusive access" }]],
    [401, [{ errorCode: "INVALID_SESSION_ID", message: "Session expired or invalid" }]],
    [403, [{ errorCode: "REQUEST_LIMIT_EXCEEDED", message: "TotalRequests Limit exceeded." }]],
    [403, [{ errorCode: "API_DISABLED_FOR_ORG", message: "The REST API is not enabled" }]],
    [404, [{ errorCode: "NOT_FOUND", message: "Could not find a match for URL /Gone" }]],
    [405, [{ errorCode: "METHOD_NOT_ALLOWED", message: "Allowed are GET" }]],
    [429, ""],
    [500, failedSave("UNABLE_TO_LOCK_ROW")],
    [500, apexError("System.NullPointerException: Attempt to de-reference a null object")],
    [500, apexError("System.LimitException: Apex CPU time limit exceeded")],
    [500, [{ errorCode: "UNKNOWN_EXCEPTION", message: "An unexpected error occurred" }]],
    [502, "<html>Bad Gateway</html>"],
    [503, [{ errorCode: "SERVER_UNAVAILABLE", message: "down for maintenance" }]],
    [504, ""],
  ])("is an outage, or passes: %i %j", (status, body) => {
    const seen = outcome(status, body);
    expect(seen).toMatchObject({ kind: "failed", code: "DESTINATION_STATUS", status });
    expect(seen).not.toHaveProperty("permanent");
  });

  it("tells Salesforce's codes and texts, shortened", () => {
    const errors = [
      { errorCode: "REQUIRED_FIELD_MISSING", message: "Required fields\r\nare missing: [Name]" },
      { errorCode: "STRING_TOO_LONG", message: "x".repeat(5_000) },
    ];
    const { detail } = outcome(400, errors) as { detail: string };
    expect(detail).toContain(
      "answered 400: REQUIRED_FIELD_MISSING: Required fields are missing: [Name]; STRING_TOO_LONG",
    );
    expect(detail).toHaveLength(1_000);
    expect(outcome(500, "y".repeat(5_000))).toMatchObject({
      detail: `answered 500: ${"y".repeat(1_000)}`,
    });
  });

  it("passes on how long to wait, and follows no redirect", () => {
    expect(outcome(503, "", "120")).toMatchObject({ retryAfterMs: 120_000 });
    expect(outcome(302, "")).toMatchObject({
      code: "DESTINATION_STATUS",
      detail: expect.stringContaining("redirects aren't followed"),
    });
  });
});
