/**
 * A gateway as a process of its own, to be killed: `node run-gateway.ts <config>`. Prints one line of
 * JSON when it listens. `SUREHOOK_TEST_SYNC=off` makes it lie about the disk.
 */
import { flushCompileCache } from "node:module";
import { readEnvironment } from "../../src/app/config.ts";
import { loadConfig } from "../../src/app/load-config.ts";
import { serve } from "../../src/app/serve.ts";

const environment = readEnvironment();
const config = await loadConfig(process.argv[2], environment);
const isLying = process.env["SUREHOOK_TEST_SYNC"] === "off";
const running = await serve({ config, environment, ...(isLying ? { sync: "off" } : {}) });

process.once("SIGTERM", () => {
  void running.stop().then(() => process.exit(0));
});
// Stopped rather than ended at once, so that who waits for an answer gets its 503.
void running.failed.then(async (error) => {
  process.stderr.write(`${error.message}\n`);
  await running.stop();
  process.exit(1);
});
// A killed process leaves none; the next start is quicker with it.
flushCompileCache();
process.stdout.write(`${JSON.stringify({ url: running.url, pid: process.pid })}\n`);
