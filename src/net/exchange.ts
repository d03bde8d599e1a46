import type { Dispatcher } from "undici";

/** How one HTTP request ended. */
export type Exchanged =
  | {
      readonly kind: "answered";
      readonly status: number;
      readonly retryAfter: string | undefined;
      /** The first bytes of an answer that isn't 2xx; of any, where that was asked for. */
      readonly excerpt: Buffer;
    }
  | { readonly kind: "timed-out" }
  | { readonly kind: "stopped"; readonly reason: unknown }
  | { readonly kind: "broken"; readonly error: Error };

/** What bounds an exchange: milliseconds from its begin to the answer's last byte, and a signal. */
export type ExchangeBounds = {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Where answers are read for what they say: bytes that are kept of any, in place of 1 KiB of those that aren't 2xx. */
  readonly keepBytes?: number;
};

/** Bytes of an answer that are read so that its connection can be kept; past them it is cut. */
const drainBytes = 65_536;
const excerptBytes = 1_024;

/**
 * Sends one request and reads its answer, 64 KiB of it at most. Never throws or rejects. Once there is
 * a status it is the result, whatever becomes of the answer's body.
 *
 * `dispatch` rather than `request`: no stream is made of a body that nobody reads. Measured with 2 kB
 * against a bare local sink (Node 24): 45 to 54 µs of CPU, with `request` and `dump` 63 to 70, with
 * node:http 88 to 105; a bare socket 20.
 */
export function exchange(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  bounds: ExchangeBounds,
): Promise<Exchanged> {
  return new Promise((resolve) => {
    const handler = new Exchange(bounds, resolve);
    if (!handler.isDone) dispatcher.dispatch(request, handler);
  });
}

class Exchange implements Dispatcher.DispatchHandler {
  readonly #resolve: (result: Exchanged) => void;
  readonly #signal: AbortSignal;
  readonly #timer: NodeJS.Timeout;
  readonly #keepBytes: number | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #retryAfter: string | undefined;
  #excerpt: Buffer[] = [];
  #readBytes = 0;
  isDone = false;

  constructor(bounds: ExchangeBounds, resolve: (result: Exchanged) => void) {
    this.#resolve = resolve;
    this.#signal = bounds.signal;
    this.#keepBytes = bounds.keepBytes;
    this.#timer = setTimeout(() => this.#cut({ kind: "timed-out" }), bounds.timeoutMs);
    if (bounds.signal.aborted) this.#onAbort();
    else bounds.signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // It was still queued when it ended. Throwing drops this request alone; `abort` would also close
    // the connection that the next one can use.
    if (this.isDone) throw new Error("ended before it was sent");
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    if (status < 200) return;
    this.#status = status;
    const retryAfter = headers["retry-after"];
    this.#retryAfter = Array.isArray(retryAfter) ? retryAfter[0] : retryAfter;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const wanted = (this.#keepBytes ?? excerptBytes) - this.#readBytes;
    const isWanted = this.#status >= 300 || this.#keepBytes !== undefined;
    // Copied: the chunk is a view of the socket's whole read buffer.
    if (isWanted && wanted > 0) {
      this.#excerpt.push(Buffer.from(chunk.subarray(0, wanted)));
    }
    this.#readBytes += chunk.length;
    if (this.#readBytes > drainBytes) this.#cut(this.#answered());
  }

  onResponseEnd(): void {
    this.#finish(this.#answered());
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    this.#finish({ kind: "broken", error });
  }

  #onAbort = (): void => {
    const { reason } = this.#signal;
    const isTimeout = reason instanceof Error && reason.name === "TimeoutError";
    this.#cut(isTimeout ? { kind: "timed-out" } : { kind: "stopped", reason });
  };

  #answered(): Exchanged {
    const excerpt = Buffer.concat(this.#excerpt);
    return { kind: "answered", status: this.#status, retryAfter: this.#retryAfter, excerpt };
  }

  #cut(result: Exchanged): void {
    this.#finish(result);
    this.#controller?.abort(new Error("ended by Surehook"));
  }

  #finish(result: Exchanged): void {
    if (this.isDone) return;
    this.isDone = true;
    clearTimeout(this.#timer);
    this.#signal.removeEventListener("abort", this.#onAbort);
    this.#resolve(this.#status === 0 ? result : this.#answered());
  }
}
