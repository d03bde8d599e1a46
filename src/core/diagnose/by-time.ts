import type { Verdict, VerifyInput } from "../types.ts";
import type { Cause } from "./cause.ts";

/** Instants this near to the request are taken for right, in another unit. */
const nearMs = 7 * 86_400_000;

/** What is wrong with the signed instant, where that is outside of the tolerance. */
export function staleCause(
  { offSeconds }: Extract<Verdict, { readonly kind: "rejected" }>,
  { input, fits }: { readonly input: VerifyInput; readonly fits: boolean },
): readonly Cause[] {
  if (offSeconds === undefined) return [];
  const unit = otherUnit(input.now, offSeconds);
  const also = fits ? "The signature is right, but" : "The signature doesn't fit, and";
  if (unit !== undefined) {
    return [
      {
        kind: "timestamp-unit",
        proven: fits,
        offSeconds,
        text: `${also} the timestamp counts ${unit.found} where this sender's counts ${unit.expected}.`,
        remedy: `Another kind of sender or something on the way writes it so. For a source of the kind hmac, set the timestamp's unit to "${unit.option}".`,
      },
    ];
  }
  const far = durationWords(Math.abs(offSeconds));
  const when = offSeconds < 0 ? `${far} before` : `${far} after`;
  return [
    {
      kind: "stale",
      proven: fits,
      offSeconds,
      text: `${also} it was made ${when} the time by which it is judged.`,
      remedy:
        offSeconds < 0
          ? "The clock of this machine may be fast, or the request was held up or sent again by somebody: have the sender deliver it anew, or raise toleranceSeconds. To judge a captured request, give its time with --at."
          : "The clock of this machine is behind, or the sender's is ahead: set it by NTP, or raise toleranceSeconds. To judge a captured request, give its time with --at.",
    },
  ];
}

function otherUnit(
  now: number,
  offSeconds: number,
): { readonly found: string; readonly expected: string; readonly option: string } | undefined {
  const readMs = now + offSeconds * 1000;
  if (Math.abs(readMs / 1000 - now) < nearMs) {
    return { found: "milliseconds", expected: "seconds", option: "ms" };
  }
  if (Math.abs(readMs * 1000 - now) < nearMs) {
    return { found: "seconds", expected: "milliseconds", option: "s" };
  }
  return undefined;
}

function durationWords(seconds: number): string {
  if (seconds < 120) return `${seconds} seconds`;
  if (seconds < 7200) return `${seconds} seconds (${Math.round(seconds / 60)} minutes)`;
  if (seconds < 172_800) return `${seconds} seconds (${Math.round(seconds / 3600)} hours)`;
  return `${seconds} seconds (${Math.round(seconds / 86_400)} days)`;
}
