import type { DestinationContext } from "../core/define.ts";
import { GatewayError } from "../core/errors.ts";
import type { Outcome } from "../core/types.ts";
import { retryAfterMs } from "../kit/retry-after.ts";
import type { Exchanged } from "../net/exchange.ts";
import { type Failed, failed } from "./sending.ts";

/** The outcome of an attempt over HTTP. Only a 2xx is a delivery; a `Retry-After` is passed on. */
export function outcomeOf(exchanged: Exchanged, context: DestinationContext): Outcome {
  return exchanged.kind === "answered"
    ? answered(exchanged, context.now())
    : unanswered(exchanged, context);
}

type Answered = Extract<Exchanged, { kind: "answered" }>;

/** The outcome where there was no answer. */
export function unanswered(
  exchanged: Exclude<Exchanged, Answered>,
  context: DestinationContext,
): Failed {
  switch (exchanged.kind) {
    case "timed-out":
      return timedOut(`no answer within ${context.timeoutMs / 1000} s`);
    case "stopped":
      return failed(
        "DESTINATION_UNREACHABLE",
        "the attempt was stopped before there was an answer",
      );
    case "broken":
      return broken(exchanged.error);
    default:
      return exchanged satisfies never;
  }
}

function answered(answer: Answered, now: number): Outcome {
  const { status, excerpt } = answer;
  if (status >= 200 && status < 300) return { kind: "delivered", status };
  return {
    kind: "failed",
    code: "DESTINATION_STATUS",
    detail: detailOf(status, excerpt),
    status,
    ...wishIn(answer, now),
  };
}

/** How long an answer asks to wait. */
export function wishIn(
  { retryAfter }: Pick<Answered, "retryAfter">,
  now: number,
): Pick<Failed, "retryAfterMs"> {
  const wish = retryAfter === undefined ? undefined : retryAfterMs(retryAfter, now);
  return wish === undefined ? {} : { retryAfterMs: wish };
}

function detailOf(status: number, excerpt: Buffer): string {
  if (status < 400)
    return `answered ${status}; redirects aren't followed, set url to where it leads`;
  const text = onOneLine(excerpt.toString("utf8"));
  return text === "" ? `answered ${status}` : `answered ${status}: ${text}`;
}

/** What somebody else wrote, without line breaks and other control characters. */
export function onOneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\s]+/gu, " ").trim();
}

function broken(error: Error): Failed {
  if (error instanceof GatewayError) return failed(error.code, error.message);
  const { code } = error as NodeJS.ErrnoException;
  if (code?.endsWith("_TIMEOUT") || code === "ETIMEDOUT")
    return timedOut(`${code}: ${error.message}`);
  return failed("DESTINATION_UNREACHABLE", reasonOf(error));
}

/** Several addresses that were all tried arrive as one error without a text of its own. */
function reasonOf(error: Error): string {
  const inner = error instanceof AggregateError ? error.errors.map(String).join("; ") : "";
  const text = error.message || inner || error.name;
  const { code } = error as NodeJS.ErrnoException;
  return code === undefined || text.includes(code) ? text : `${code}: ${text}`;
}

function timedOut(detail: string): Failed {
  return failed("DESTINATION_TIMEOUT", detail);
}
