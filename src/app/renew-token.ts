import { GatewayError } from "../core/errors.ts";
import type { Destination } from "../core/settings.ts";
import type { Environment } from "./config.ts";
import { secretReader } from "./config.ts";
import type { LoadedConfig } from "./load-config.ts";
import { openLog } from "./log.ts";
import { openDestination } from "./open-destination.ts";
import { operate } from "./operate.ts";
import { sealKeySource } from "./seal-key.ts";

/** Takes a new token for a destination and keeps it in the store, which is made where there is none; when it is taken to end. */
export async function renewToken(
  destination: Destination,
  config: LoadedConfig,
  environment: Environment,
): Promise<{ readonly expiresAt: number }> {
  if (environment.store.startsWith("aws:")) {
    throw new GatewayError(
      "USAGE",
      `On AWS a function takes new tokens. Invoke the stack's refresher with the payload {"destinations":["${destination.name}"]}.`,
    );
  }
  const read = secretReader();
  const sealKey = sealKeySource(read, environment.store);
  const { engine, close } = await operate({ environment });
  try {
    const log = openLog(environment.logLevel);
    const shares = { config, engine, read, log, sealKey, local: undefined };
    const open = await openDestination(destination, shares);
    try {
      if (open.renew !== undefined) return await open.renew();
    } finally {
      await open.close();
    }
  } finally {
    await close();
  }
  throw new GatewayError(
    "USAGE",
    `"${destination.name}" (${destination.type.name}) logs in with no token that could be renewed.`,
  );
}
