import { execFile } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const bodyBytes = 2_048;

/** The secret of the bench; it protects nothing. */
export const benchSecret = "whsec_bench";

/** What wrk measured. Latencies in milliseconds. */
export type LoadResult = {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  readonly failed: number;
};

/** A body of 2 KiB in Stripe's form, with a place for the id. */
function bodyTemplate(): string {
  const fixed = {
    object: "event",
    api_version: "2026-09-30",
    created: 1_790_000_000,
    type: "payment_intent.succeeded",
    livemode: true,
    pending_webhooks: 1,
    request: { id: "req_bench", idempotency_key: "bench" },
  };
  const make = (description: string) =>
    JSON.stringify({
      id: "@ID@",
      ...fixed,
      data: { object: { id: "pi_1", amount: 1999, description } },
    });
  const idBytes = 24;
  return make("x".repeat(bodyBytes - make("").length + "@ID@".length - idBytes));
}

/** Writes pre-signed requests with unique ids; `round` keeps them apart from other rounds'. */
export function presign(folder: string, round: number, count: number): void {
  mkdirSync(folder, { recursive: true });
  const template = bodyTemplate();
  writeFileSync(join(folder, "template"), template);
  const [head, tail] = template.split("@ID@") as [string, string];
  const at = Math.floor(Date.now() / 1000);
  const lines: string[] = [];
  for (let n = 0; n < count; n += 1) {
    // Random like a sender's ids: they land anywhere in the index of dedupe keys.
    const unique = createHmac("md5", "ids")
      .update(`${at}.${round}.${n}`)
      .digest("hex")
      .slice(0, 20);
    const id = `evt_${unique}`;
    const signed = createHmac("sha256", benchSecret).update(`${at}.${head}${id}${tail}`);
    lines.push(`${id} t=${at},v1=${signed.digest("hex")}`);
  }
  writeFileSync(join(folder, "lines"), `${lines.join("\n")}\n`);
}

/** Loads a server from one core. */
export async function load(options: {
  readonly port: number;
  readonly core: number;
  readonly seconds: number;
  readonly connections: number;
  readonly folder: string;
}): Promise<LoadResult> {
  const script = new URL("loads/wrk.lua", import.meta.url).pathname;
  const url = `http://127.0.0.1:${options.port}`;
  const files = [join(options.folder, "template"), join(options.folder, "lines")];
  const { stdout } = await run("taskset", [
    "-c",
    String(options.core),
    ...["wrk", "-t1", `-c${options.connections}`, `-d${options.seconds}s`, "--timeout", "30s"],
    ...["-s", script, url, "--", "/webhooks/stripe", ...files],
  ]);
  const figures = JSON.parse(stdout.slice(stdout.indexOf("@@") + 2)) as Record<string, number>;
  const { requests = 0, micros = 1, p50 = 0, p99 = 0, max = 0, status = 0, socket = 0 } = figures;
  return {
    requests,
    perSecond: (requests / micros) * 1e6,
    p50: p50 / 1000,
    p99: p99 / 1000,
    max: max / 1000,
    failed: status + socket,
  };
}
