/** The senders that a source can be of, for who writes the config and has none yet. */
import { GatewayError } from "../core/errors.ts";
import { adviceAmongMany } from "../kit/suggest.ts";
import { providers } from "../providers/index.ts";
import { samplesOf } from "../providers/samples/index.ts";

/** What is known of a sender without a source of it. */
export type KnownSender = {
  readonly name: string;
  readonly title: string;
  /** Types that there are samples of. */
  readonly sampleTypes: readonly string[];
};

/** A sender by its provider's name. Throws NOT_FOUND with a hint. */
export async function knownSender(name: string): Promise<KnownSender> {
  const found = providers.find((provider) => provider.name === name);
  if (found !== undefined) {
    const { types } = await samplesOf(found);
    return { name, title: found.title, sampleTypes: types };
  }
  const advice = adviceAmongMany(
    name,
    providers.map((provider) => provider.name),
    "`surehook providers` lists all.",
  );
  throw new GatewayError("NOT_FOUND", `There is no sender "${name}". ${advice}`);
}
