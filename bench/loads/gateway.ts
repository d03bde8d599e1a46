/** The gateway as it is published, built, with one Stripe source and one destination, or by BENCH_CONFIG. */
import { reportUsage } from "../report-usage.ts";

type App = typeof import("../../src/app/config.ts") &
  typeof import("../../src/app/let-go.ts") &
  typeof import("../../src/app/load-config.ts") &
  typeof import("../../src/app/operate.ts") &
  typeof import("../../src/app/serve.ts");

const { readEnvironment, letGoOfLoading, loadConfig, operate, serve } = await importBuilt();
const environment = readEnvironment();
const config = await loadConfig(
  process.env["BENCH_CONFIG"] ?? new URL("gateway.config.ts", import.meta.url).pathname,
  environment,
);
const isDelivering = process.env["BENCH_DELIVER"] === "1";
const operator = await operate({ environment });
// Paused: each event still owes a delivery, with its row, but none is made.
if (isDelivering) await operator.engine.resume("sink");
else await operator.engine.pause({ destination: "sink", cause: "person", reason: "bench" });
await operator.close();

const sync = process.env["BENCH_SYNC"] === "inline" ? "inline" : "pool";
// As `surehook start` does.
letGoOfLoading();
const running = await serve({ config, environment, port: 0, host: "127.0.0.1", sync });
reportUsage({
  port: Number(new URL(running.url).port),
  stop: () => running.stop(),
});

async function importBuilt(): Promise<App> {
  const files = ["config", "let-go", "load-config", "operate", "serve"];
  const modules = files.map(
    (file) => import(new URL(`../../dist/app/${file}.js`, import.meta.url).href),
  );
  return Object.assign({}, ...(await Promise.all(modules))) as App;
}
