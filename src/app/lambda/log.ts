import type { Log, LogLine } from "../../core/log.ts";
import { optionalVariable } from "./environment.ts";

const levels = ["debug", "info", "warn", "error"] as const;

/** A log of JSON lines on standard error, where Lambda takes it from; an answer is alone on standard output. */
export function functionLog(): Log {
  const least = optionalVariable("SUREHOOK_LOG_LEVEL") ?? "info";
  const from = least === "silent" ? levels.length : levels.indexOf(least);
  const line = (level: (typeof levels)[number]): LogLine => {
    if (levels.indexOf(level) < from) return () => undefined;
    return (fields, msg) => {
      process.stderr.write(`${JSON.stringify({ level, ...fields, msg })}\n`);
    };
  };
  return { debug: line("debug"), info: line("info"), warn: line("warn"), error: line("error") };
}
