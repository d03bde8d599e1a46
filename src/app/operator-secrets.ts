/** The secrets that a command judges with: its environment's, and of a deployed gateway those that its functions have. */
import * as z from "zod";
import { messageOf } from "../core/errors.ts";
import { secretPlaces, secretStore } from "../net/aws/secrets.ts";
import { KeyFetcher } from "../net/key-fetcher.ts";
import { type Environment, type SecretReader, secretReader } from "./config.ts";
import { storeOutputs } from "./open-engine.ts";

/** What proves senders to a command. */
export type OperatorSecrets = {
  readonly read: SecretReader;
  /** One for all that a command judges: a certificate is the same for each. */
  readonly keys: Pick<KeyFetcher, "fetch">;
  /** Why those of a deployed gateway could not be read. */
  readonly fault: string | undefined;
};

const placeText = z
  .string()
  .transform((text) => JSON.parse(text) as unknown)
  .pipe(secretPlaces.element);

/** Reads them; what the environment sets counts before what the deployed gateway has. */
export async function operatorSecrets({
  store,
}: Pick<Environment, "store">): Promise<OperatorSecrets> {
  const own = secretReader();
  const outputs = Object.entries((await storeOutputs(store)) ?? {});
  const places = outputs.flatMap(([name, value]) =>
    name.startsWith("SurehookSecrets") ? placeText.parse(value) : [],
  );
  const deployed = secretStore(places, Date.now);
  const fault = await deployed.refresh().then(() => undefined, messageOf);
  const read: SecretReader = (ref) => own(ref) ?? deployed.read(ref);
  return { read, keys: new KeyFetcher({ now: Date.now, secret: read }), fault };
}
