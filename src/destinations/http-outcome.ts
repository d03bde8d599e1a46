import type { DestinationContext } from "../core/define.ts";
import { type Code, GatewayError } from "../core/errors.ts";
import type { Outcome } from "../core/types.ts";
import { retryAfterMs } from "../kit/retry-after.ts";
import type { Exchanged } from "../net/exchange.ts";

/** The outcome of an attempt over HTTP. Only a 2xx is a delivery; a `Retry-After` is passed on. */
export function outcomeOf(exchanged: Exchanged, context: DestinationContext): Outcome {
  switch (exchanged.kind) {
    case "answered":
      return answered(exchanged, context.now());
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

function answered(
  { status, retryAfter, excerpt }: Extract<Exchanged, { kind: "answered" }>,
  now: number,
): Outcome {
  if (status >= 200 && status < 300) return { kind: "delivered", status };
  const wish = retryAfter === undefined ? undefined : retryAfterMs(retryAfter, now);
  return {
    kind: "failed",
    code: "DESTINATION_STATUS",
    detail: detailOf(status, excerpt),
    status,
    ...(wish === undefined ? {} : { retryAfterMs: wish }),
  };
}

function detailOf(status: number, excerpt: Buffer): string {
  if (status < 400)
    return `answered ${status}; redirects aren't followed, set url to where it leads`;
  const text = excerpt
    .toString("utf8")
    .replaceAll(/[\p{Cc}\s]+/gu, " ")
    .trim();
  return text === "" ? `answered ${status}` : `answered ${status}: ${text}`;
}

function broken(error: Error): Outcome {
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

function timedOut(detail: string): Outcome {
  return failed("DESTINATION_TIMEOUT", detail);
}

function failed(code: Code, detail: string): Outcome {
  return { kind: "failed", code, detail };
}
