/** Writes one line of log: fields, then what happened. Never secrets, signatures or payloads. */
export type LogLine = (fields: Readonly<Record<string, unknown>>, text: string) => void;

/** A log, by level; pino fits. */
export type Log = {
  readonly debug: LogLine;
  readonly info: LogLine;
  readonly warn: LogLine;
  readonly error: LogLine;
};
