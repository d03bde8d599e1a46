import cliProgress from "cli-progress";

/** Shows how far long work is, on standard error, where that is a terminal. */
export type Progress = {
  readonly advance: (by: number) => void;
  readonly stop: () => void;
};

/** Below this a bar would only flicker. */
const worthABar = 20;
const barColumns = 24;

/** Starts a bar; none where standard error isn't a terminal or there is little to do. */
export function startProgress(doing: string, total: number): Progress {
  const { isTTY, columns } = process.stderr;
  if (isTTY !== true || total <= worthABar) {
    return { advance: () => undefined, stop: () => undefined };
  }
  const room = (columns || 80) - doing.length - 30;
  const bar = new cliProgress.SingleBar({
    format: `${doing} {bar} {value}/{total} {eta_formatted}`,
    barsize: Math.max(4, Math.min(barColumns, room)),
    barCompleteChar: "#",
    barIncompleteChar: "-",
    clearOnComplete: true,
    etaBuffer: 100,
    // Else Ctrl+C leaves a terminal that no longer wraps lines.
    linewrap: true,
    stream: process.stderr,
  });
  bar.start(total, 0);
  return { advance: (by) => bar.increment(by), stop: () => bar.stop() };
}
