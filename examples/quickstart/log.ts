import type { CodeEvent } from "surehook/destinations";

/** Logs a line for each event: when it arrived, from where, what it is. Put your own code in its place. */
export function handle({ id, source, type, receivedAt }: CodeEvent): void {
  process.stdout.write(`${new Date(receivedAt).toISOString()} ${source} ${type} ${id}\n`);
}
