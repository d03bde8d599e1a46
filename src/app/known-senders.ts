/** The senders that a source can be of, for who writes the config and has none yet. */
import { GatewayError } from "../core/errors.ts";
import { adviceFor } from "../kit/suggest.ts";
import { providers } from "../providers/index.ts";

/** What is known of a sender without a source of it. */
export type KnownSender = {
  readonly name: string;
  readonly title: string;
  /** Types that there are samples of. */
  readonly sampleTypes: readonly string[];
};

/** A sender by its provider's name. Throws NOT_FOUND with a hint. */
export function knownSender(name: string): KnownSender {
  const found = providers.find((provider) => provider.name === name);
  if (found !== undefined) {
    const { title, sampleTypes = [] } = found;
    return { name, title, sampleTypes };
  }
  const meant = adviceFor(
    name,
    providers.map((provider) => provider.name),
  );
  const advice = meant.startsWith("Known")
    ? "docs/providers.md names those that are known."
    : meant;
  throw new GatewayError("NOT_FOUND", `There is no sender "${name}". ${advice}`);
}
