/**
 * What an answer of Apex REST means for an event. Salesforce tells its errors as a JSON array of
 * `{ message, errorCode, fields? }`
 * (https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm). Statuses alone
 * don't tell a refused record from an outage: an exception that an Apex class lets through is a 500 with
 * `APEX_ERROR`, whatever threw it, and a locked row is a 400.
 */
import * as z from "zod";
import type { DestinationContext } from "../core/define.ts";
import type { Outcome } from "../core/types.ts";
import type { Exchanged } from "../net/exchange.ts";
import { onOneLine, outcomeOf } from "./http-outcome.ts";

type Answered = Extract<Exchanged, { kind: "answered" }>;

/** Bytes of an answer that are read. */
export const answerBytes = 16_384;
/** Characters of what it says that are shown. */
export const shownCharacters = 1_000;

const errorsSchema = z.array(z.object({ message: z.string(), errorCode: z.string() })).min(1);

/** Statuses by which a request is refused for what is in it. */
const refusals: readonly number[] = [400, 413, 415, 422];

/** What passes by itself, also where the status says that the request is at fault. */
const passing = /LIMIT|TIMEOUT|UNAVAILABLE|LOCK|CURRENTLY_DISABLED|UNKNOWN_EXCEPTION/;

/** Codes of a record that breaks a rule of its object or its fields; no waiting mends it. */
const brokenRules = new Set([
  "REQUIRED_FIELD_MISSING",
  "FIELD_CUSTOM_VALIDATION_EXCEPTION",
  "FIELD_FILTER_VALIDATION_EXCEPTION",
  "FIELD_INTEGRITY_EXCEPTION",
  "FILTER_VALIDATION_EXCEPTION",
  "BAD_CUSTOM_ENTITY_PARENT_DOMAIN",
  "DUPLICATE_VALUE",
  "DUPLICATES_DETECTED",
  "DUPLICATE_EXTERNAL_ID",
  "INVALID_CROSS_REFERENCE_KEY",
  "INVALID_CURRENCY_ISO",
  "INVALID_EMAIL_ADDRESS",
  "INVALID_FIELD_FOR_INSERT_UPDATE",
  "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
  "INVALID_TYPE_ON_FIELD_IN_RECORD",
  "MALFORMED_ID",
  "NUMBER_OUTSIDE_VALID_RANGE",
  "STRING_TOO_LONG",
]);

/** The outcome of a post to Apex REST; a refused record is `permanent`. */
export function salesforceOutcome(exchanged: Exchanged, context: DestinationContext): Outcome {
  if (exchanged.kind !== "answered" || exchanged.status < 400) return outcomeOf(exchanged, context);
  const errors = errorsIn(exchanged);
  const outcome = outcomeOf(shortened(exchanged), context);
  if (outcome.kind !== "failed") return outcome;
  const told = onOneLine(
    errors.map(({ errorCode, message }) => `${errorCode}: ${message}`).join("; "),
  );
  const detail =
    told === ""
      ? outcome.detail
      : `answered ${exchanged.status}: ${told}`.slice(0, shownCharacters);
  return isRefused(exchanged.status, errors.map(codeOf))
    ? { ...outcome, detail, code: "DESTINATION_REFUSED", permanent: true }
    : { ...outcome, detail };
}

/** An answer may repeat what it was asked with. */
export function withoutSecrets(exchanged: Exchanged, secrets: readonly string[]): Exchanged {
  if (exchanged.kind !== "answered") return exchanged;
  const text = secrets
    .filter((value) => value !== "")
    .reduce((left, value) => left.replaceAll(value, "…"), exchanged.excerpt.toString());
  return { ...exchanged, excerpt: Buffer.from(text) };
}

function isRefused(status: number, codes: readonly string[]): boolean {
  if (codes.some((code) => passing.test(code))) return false;
  return refusals.includes(status) || codes.some((code) => brokenRules.has(code));
}

type ApexError = z.output<typeof errorsSchema>[number];

function errorsIn({ excerpt }: Answered): readonly ApexError[] {
  try {
    return errorsSchema.safeParse(JSON.parse(excerpt.toString())).data ?? [];
  } catch {
    return [];
  }
}

/** Of an exception that wraps a failed save, the code of the save. */
function codeOf({ errorCode, message }: ApexError): string {
  const inner = /first error: ([A-Z_]+)/.exec(message)?.[1];
  return errorCode === "APEX_ERROR" ? (inner ?? errorCode) : errorCode;
}

function shortened(answered: Answered): Answered {
  return { ...answered, excerpt: answered.excerpt.subarray(0, shownCharacters) };
}
