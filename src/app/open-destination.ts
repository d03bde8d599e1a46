import type { DestinationContext } from "../core/define.ts";
import type { Engine } from "../core/engine.ts";
import type { Forming } from "../core/form.ts";
import type { Log } from "../core/log.ts";
import type { SealKey } from "../core/seal.ts";
import type { Destination } from "../core/settings.ts";
import type { OpenDestination } from "../core/types.ts";
import type { SecretReader } from "./config.ts";
import { historyOf } from "./history.ts";
import type { LoadedConfig } from "./load-config.ts";
import { workerPrelude } from "./resolve-hook.ts";
import { sealedValues } from "./sealed-values.ts";

/** What destinations of a gateway share. */
export type DestinationShares = {
  readonly config: LoadedConfig;
  readonly engine: Engine;
  readonly read: SecretReader;
  readonly log: Log;
  readonly sealKey: () => SealKey;
  readonly local: DestinationContext["local"];
  /** Missing where nothing is sent. */
  readonly forming?: Forming | undefined;
};

/** Opens a destination of a config. Throws CONFIG_INVALID where its settings lead nowhere. */
export async function openDestination(
  { name, type, options, pacing }: Destination,
  { config, engine, read, log, sealKey, local, forming }: DestinationShares,
): Promise<OpenDestination> {
  return type.open(options, {
    name,
    timeoutMs: pacing.timeoutMs,
    concurrency: pacing.concurrency,
    secret: read,
    log: (text, fields = {}) => log.info({ destination: name, ...fields }, text),
    now: Date.now,
    publish: engine.publish,
    listen: engine.listen,
    history: historyOf(engine, name, forming),
    values: sealedValues(engine, sealKey, `destinations.${name}`),
    local,
    configUrl: config.url,
    workerPrelude,
  });
}
