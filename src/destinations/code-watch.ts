/**
 * A thread beside the user's module, in its process. A module that blocks its thread hears nothing, not
 * even that the gateway is gone; this thread does, and ends the process. It also ends one whose memory
 * grows outside of the heap (buffers), which V8 doesn't limit.
 */
import { workerData } from "node:worker_threads";

/** What the thread is started with. */
export type WatchStart = { readonly gatewayPid: number; readonly mostBytes: number };

/** About what one thread can fill; how soon to look again follows from what is left. */
const filledPerMs = 2_000_000;
const shortestMs = 50;
const longestMs = 1_000;

const { gatewayPid, mostBytes } = workerData as WatchStart;
look();

function look(): void {
  const leftBytes = mostBytes - process.memoryUsage.rss();
  // An orphan is given another parent. (Windows ends children with their parent by itself.)
  const isOrphan = process.ppid !== gatewayPid;
  if (isOrphan || leftBytes < 0) process.kill(process.pid, "SIGKILL");
  setTimeout(look, Math.min(longestMs, Math.max(shortestMs, leftBytes / filledPerMs)));
}
