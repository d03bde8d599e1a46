/**
 * The sender of the crash test, a process of its own: posts signed Stripe events over several
 * connections, again and again until each is answered, and keeps the only account of what was
 * answered 2xx: `crash/rounds.ts` holds the store against it.
 *
 * `node poster.ts <port> <ledger> <connections> <events per second> <largest body>`; ends when its input ends.
 */
import { closeSync, openSync, writeSync } from "node:fs";
import { Agent, request as post } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { sha256 } from "../support/sink.ts";
import { type SignedEvent, stripeEvent } from "../support/stripe-events.ts";

/** One line of the ledger. `posted` is written before an event's first byte goes out. */
export type LedgerLine =
  | { readonly kind: "posted"; readonly id: string; readonly sha256: string }
  | {
      readonly kind: "answered";
      readonly id: string;
      readonly jobId: string;
      readonly status: number;
      readonly tries: number;
    }
  | { readonly kind: "refused"; readonly id: string; readonly status: number };

const retryMs = 25;

type Load = {
  readonly connections: number;
  readonly perSecond: number;
  readonly largestBytes: number;
};

class Poster {
  readonly #port: number;
  readonly #ledger: number;
  readonly #agent: Agent;
  readonly #perSecond: number;
  readonly #largest: number;
  readonly #begunAt = performance.now();
  #posted = 0;
  isStopping = false;

  constructor(port: number, ledger: number, load: Load) {
    this.#port = port;
    this.#ledger = ledger;
    this.#perSecond = load.perSecond;
    this.#largest = load.largestBytes;
    this.#agent = new Agent({ keepAlive: true, maxSockets: load.connections });
  }

  async run(): Promise<void> {
    while (!this.isStopping) {
      const event = stripeEvent({ bytes: this.#bytes() });
      this.#note({ kind: "posted", id: event.id, sha256: sha256(event.body) });
      this.#posted += 1;
      await this.#untilAnswered(event);
      const ahead = (this.#posted / this.#perSecond) * 1000 - (performance.now() - this.#begunAt);
      if (ahead > 0) await pause(ahead);
    }
  }

  /** From a third of the largest up. */
  #bytes(): number {
    return Math.floor((this.#largest * (1 + 2 * Math.random())) / 3);
  }

  /** Under the same id, as senders do; at a stop an event may stay without an answer. */
  async #untilAnswered(event: SignedEvent): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      const answer = await this.#post(event);
      if (answer !== undefined && answer.status >= 200 && answer.status < 300) {
        const { status, jobId } = answer;
        this.#note({ kind: "answered", id: event.id, jobId, status, tries });
        return;
      }
      if (answer !== undefined) {
        this.#note({ kind: "refused", id: event.id, status: answer.status });
      }
      if (this.isStopping) return;
      await pause(retryMs);
    }
  }

  #post(event: SignedEvent): Promise<{ status: number; jobId: string } | undefined> {
    return new Promise((resolve) => {
      const request = post({
        port: this.#port,
        host: "127.0.0.1",
        agent: this.#agent,
        method: "POST",
        path: "/webhooks/stripe",
        headers: { ...event.headers, "Content-Length": Buffer.byteLength(event.body) },
      });
      request.on("error", () => resolve(undefined));
      request.on("response", (response) => {
        const status = response.statusCode ?? 0;
        let text = "";
        response.on("data", (chunk) => {
          text += String(chunk);
        });
        // The status alone is an answer: the sender won't try again, whatever becomes of the body.
        response.on("close", () => resolve({ status, jobId: jobIdIn(text) }));
        response.on("error", () => undefined);
      });
      request.end(event.body);
    });
  }

  #note(line: LedgerLine): void {
    writeSync(this.#ledger, `${JSON.stringify(line)}\n`);
  }
}

function jobIdIn(text: string): string {
  return /"jobId":"([^"]+)"/.exec(text)?.[1] ?? "";
}

if (process.argv[1] === import.meta.filename) {
  const [port, file, ...numbers] = process.argv.slice(2);
  const [connections = 1, perSecond = 1, largestBytes = 1] = numbers.map(Number);
  const ledger = openSync(file as string, "a");
  const load: Load = { connections, perSecond, largestBytes };
  const poster = new Poster(Number(port), ledger, load);
  process.stdin.on("end", () => {
    poster.isStopping = true;
  });
  process.stdin.resume();
  await Promise.all(Array.from({ length: load.connections }, () => poster.run()));
  closeSync(ledger);
  process.exit(0);
}
