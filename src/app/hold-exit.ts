/**
 * A module of the user's that ends the process while it is loaded would end a command with no word, and with
 * the exit code of one that went well. So `process.exit` only throws meanwhile, and a process that would end
 * since a module waits for what never comes is told of.
 */
import { GatewayError } from "../core/errors.ts";

/** Ends the process whatever is being loaded: for who answers signals and readers that go away. */
export const exit: typeof process.exit = process.exit.bind(process);

/** A module may ask others for something first. */
const longestMs = 60_000;

/** Waits for a module to be loaded. Rejects where it would end the process instead, or is never there: a process that does other work doesn't end by that. */
export async function loadedAlive<T>(load: () => Promise<T>, withinMs = longestMs): Promise<T> {
  const hopeless = Promise.withResolvers<never>();
  const giveUp = (words: string): void =>
    hopeless.reject(new GatewayError("CONFIG_INVALID", words));
  const onIdle = (): void =>
    giveUp("it waits for what never comes: an await at its top is never over");
  const late = setTimeout(
    () => giveUp(`an await at its top was not over within ${withinMs / 1000} s`),
    withinMs,
  ).unref();
  process.once("beforeExit", onIdle);
  process.exit = refuseExit;
  try {
    return await Promise.race([load(), hopeless.promise]);
  } finally {
    clearTimeout(late);
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
