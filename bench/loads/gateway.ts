/** The gateway as it runs, with one Stripe source and one destination. */
import { readEnvironment } from "../../src/app/config.ts";
import { loadConfig } from "../../src/app/load-config.ts";
import { operate } from "../../src/app/operate.ts";
import { serve } from "../../src/app/serve.ts";
import { reportUsage } from "../report-usage.ts";

const environment = readEnvironment();
const config = await loadConfig(new URL("gateway.config.ts", import.meta.url).pathname, environment);
const isDelivering = process.env["BENCH_DELIVER"] === "1";
const operator = await operate({ environment });
// Paused: each event still owes a delivery, with its row, but none is made.
if (isDelivering) await operator.engine.resume("sink");
else await operator.engine.pause({ destination: "sink", cause: "person", reason: "bench" });

const sync = process.env["BENCH_SYNC"] === "inline" ? "inline" : "pool";
const running = await serve({ config, environment, port: 0, host: "127.0.0.1", sync });
let settled = 0;
if (isDelivering) {
  setInterval(() => {
    void operator.engine.counts().then((counts) => {
      settled = counts.deliveries.delivered;
    });
  }, 2_000).unref();
}
reportUsage({
  port: Number(new URL(running.url).port),
  settled: () => settled,
  stop: async () => {
    await operator.close();
    await running.stop();
  },
});
