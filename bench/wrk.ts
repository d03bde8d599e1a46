import { execFile } from "node:child_process";
import { createHash, createHmac } from "node:crypto";
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
  const idBytes = 29;
  return make("x".repeat(bodyBytes - make("").length + "@ID@".length - idBytes));
}

/**
 * `stripe`: as Stripe makes them, `evt_1`, six characters of time, ten of the account, eight at random.
 * `random`: all at random, as GitHub's and Shopify's are; each lands anywhere in the index of dedupe keys.
 */
export type IdForm = "stripe" | "random";

const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** How many ids share a second: about what the gateway takes in one. */
const idsPerSecond = 10_000;

function base62(value: number, length: number): string {
  let text = "";
  for (let left = value; text.length < length; left = Math.floor(left / 62)) {
    text = `${digits[left % 62]}${text}`;
  }
  return text;
}

function makeId(form: IdForm, at: { readonly second: number; readonly seed: string }): string {
  const drawn = createHash("md5").update(at.seed).digest();
  if (form === "random") return `evt_${drawn.toString("hex").slice(0, 24)}`;
  return `evt_1${base62(at.second, 6)}2eZvKYlo2C${base62(drawn.readUIntBE(0, 6), 8)}`;
}

/** Writes pre-signed requests with unique ids; `round` keeps them apart from other rounds'. */
export function presign(
  folder: string,
  at: { readonly round: number; readonly count: number; readonly ids: IdForm },
): void {
  mkdirSync(folder, { recursive: true });
  const template = bodyTemplate();
  writeFileSync(join(folder, "template"), template);
  const [head, tail] = template.split("@ID@") as [string, string];
  const now = Math.floor(Date.now() / 1000);
  const lines: string[] = [];
  for (let n = 0; n < at.count; n += 1) {
    const second = now + Math.floor(n / idsPerSecond);
    const id = makeId(at.ids, { second, seed: `${now}.${at.round}.${n}` });
    const signed = createHmac("sha256", benchSecret).update(`${now}.${head}${id}${tail}`);
    lines.push(`${id} t=${now},v1=${signed.digest("hex")}`);
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
