import pino from "pino";
import type { Log } from "../core/log.ts";

/** A log of JSON lines on standard error, written without waiting; `flush` writes what is left. */
export function openLog(level: string): Log & { readonly flush: () => void } {
  const target = pino.destination({ fd: 2, sync: false });
  const log = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, target);
  return {
    debug: (fields, text) => log.debug(fields, text),
    info: (fields, text) => log.info(fields, text),
    warn: (fields, text) => log.warn(fields, text),
    error: (fields, text) => log.error(fields, text),
    flush: () => {
      try {
        target.flushSync();
      } catch {
        // Standard error was never written to, or is closed.
      }
    },
  };
}
