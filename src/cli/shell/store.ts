import { existsSync } from "node:fs";
import type { Environment } from "../../app/config.ts";
import type { LoadedConfig } from "../../app/load-config.ts";
import { loadConfig } from "../../app/load-config.ts";
import { type Looker, openLooker, storePath } from "../../app/open-engine.ts";
import { operate } from "../../app/operate.ts";
import type { Engine, Reading } from "../../core/engine.ts";
import { GatewayError } from "../../core/errors.ts";
import type { Gateway } from "../../core/settings.ts";
import type { Shell } from "./shell.ts";

/** Opens the store beside a gateway, does the work, and lets go of it. Throws NOT_FOUND where there is none yet. */
export async function withStore<T>(
  { environment }: Pick<Shell, "environment">,
  work: (engine: Engine) => Promise<T>,
): Promise<T> {
  refuseNone(environment);
  const operator = await operate({ environment });
  try {
    return await work(operator.engine);
  } finally {
    await operator.close();
  }
}

/** As `withStore`, to read only: that needs no leave to write, and changes nothing of the store. */
export async function lookAt<T>(
  { environment }: Pick<Shell, "environment">,
  look: (store: Reading) => Promise<T>,
): Promise<T> {
  return lookAgainAt({ environment }, (looker) => looker.look(look));
}

/** As `lookAt`, as often as the work wants. */
export async function lookAgainAt<T>(
  { environment }: Pick<Shell, "environment">,
  work: (looker: Looker) => Promise<T>,
): Promise<T> {
  refuseNone(environment);
  const looker = await openLooker(environment.store);
  try {
    return await work(looker);
  } finally {
    await looker.close();
  }
}

function refuseNone(environment: Environment): void {
  if (isStoreThere(environment)) return;
  throw new GatewayError(
    "NOT_FOUND",
    `There is no store at ${storePath(environment.store)} yet. Start the gateway (\`surehook start\`), or set SUREHOOK_STORE to where it keeps its events.`,
  );
}

/** Whether there is a store; opening one makes it, which looking at it should not. */
export function isStoreThere({ store }: Environment): boolean {
  return /^(postgres(ql)?|aws):/.test(store) || existsSync(storePath(store));
}

/** As `configIfAny`, what the config says. */
export async function gatewayIfAny(
  shell: Pick<Shell, "environment">,
  named: string | undefined,
): Promise<Gateway | undefined> {
  return (await configIfAny(shell, named))?.gateway;
}

/** The config where one is needed only to show more; one that is named must be right. */
export async function configIfAny(
  { environment }: Pick<Shell, "environment">,
  named: string | undefined,
): Promise<LoadedConfig | undefined> {
  try {
    return await loadConfig(named, environment);
  } catch (error) {
    if (named !== undefined) throw error;
    return undefined;
  }
}
