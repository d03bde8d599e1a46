/** Waiting for what must come about, never for a time that should be enough. */
import { setTimeout as pause } from "node:timers/promises";

const everyMs = 20;

/** Asks again and again until there is a value; throws, naming what was waited for, at the deadline. */
export async function until<T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  deadlineMs = 20_000,
): Promise<T> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const found = await ask();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(`Not within ${deadlineMs} ms: ${what}.`);
    await pause(everyMs);
  }
}

/** A promise's value; throws, naming what was waited for, where it takes too long. */
export async function within<T>(
  what: string,
  promise: Promise<T>,
  deadlineMs = 20_000,
): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`Not within ${deadlineMs} ms: ${what}.`)),
    deadlineMs,
  );
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
