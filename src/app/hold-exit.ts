/**
 * A module of the user's that ends the process while it is loaded would end a command with no word, and with
 * the exit code of one that went well. So `process.exit` only throws meanwhile, and a process that would end
 * since a module waits for what never comes is told of.
 */
import { GatewayError } from "../core/errors.ts";

/** Ends the process whatever is being loaded: for who answers signals and readers that go away. */
export const exit: typeof process.exit = process.exit.bind(process);

/** Waits for a module to be loaded. Rejects where it would end the process instead. */
export async function loadedAlive<T>(load: () => Promise<T>): Promise<T> {
  const idle = Promise.withResolvers<never>();
  const onIdle = (): void =>
    idle.reject(
      new GatewayError(
        "CONFIG_INVALID",
        "it waits for what never comes: an await at its top is never over",
      ),
    );
  process.once("beforeExit", onIdle);
  process.exit = refuseExit;
  try {
    return await Promise.race([load(), idle.promise]);
  } finally {
    process.exit = exit;
    process.off("beforeExit", onIdle);
  }
}

/** As `loadedAlive`, of what is loaded at once. */
export function loadedAliveAtOnce<T>(load: () => T): T {
  const before = process.exit;
  process.exit = refuseExit;
  try {
    return load();
  } finally {
    process.exit = before;
  }
}

function refuseExit(code: Parameters<typeof process.exit>[0] = process.exitCode): never {
  throw new GatewayError(
    "CONFIG_INVALID",
    `it ends the process by process.exit(${code ?? ""}), which a config must not`,
  );
}
