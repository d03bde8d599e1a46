/** In a measured process: says its port, then its usage whenever it is asked, and ends when told. */
export function reportUsage(options: {
  readonly port: number;
  readonly settled?: () => number;
  readonly stop: () => Promise<void> | void;
}): void {
  process.on("message", (message) => {
    if (message === "stop") {
      void Promise.resolve(options.stop()).then(() => process.exit(0));
      return;
    }
    const { user, system } = process.cpuUsage();
    process.send?.({
      cpuMicros: user + system,
      atMs: performance.now(),
      rssBytes: process.memoryUsage.rss(),
      settled: options.settled?.() ?? 0,
    });
  });
  process.send?.({ port: options.port });
}
