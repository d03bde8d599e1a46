/** What is said of sources whose sender was not asked how it signs. */
import type { Log } from "../core/log.ts";
import type { Gateway, Source } from "../core/settings.ts";

/** Said beside such a source. */
export const unconfirmedNote = "unconfirmed: hold it against a real request";

/** Whether what is known of a source's sender was not confirmed there. */
export function isUnconfirmed({ provider }: Source): boolean {
  return provider.evidence.kind === "unconfirmed";
}

/** One line of log for each such source. */
export function warnOfUnconfirmed({ sources }: Gateway, log: Log): void {
  for (const { name, provider } of sources.filter(isUnconfirmed)) {
    const fields = { source: name, provider: provider.name, evidence: provider.evidence.source };
    log.warn(fields, "how this sender signs is unconfirmed: hold it against a real request");
  }
}
