/** HTTP by hand over a socket, so that a test says exactly which bytes go out and sees which come back. */
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { within } from "./until.ts";

/** An answer as it came. Names of headers in lower case. */
export type RawAnswer = {
  readonly status: number;
  readonly reason: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** A connection to the gateway. */
export type Wire = {
  readonly socket: Socket;
  readonly send: (...parts: readonly (string | Buffer)[]) => void;
  /** The next answer; `bodyless` where it has none whatever its length says (HEAD). */
  readonly answer: (options?: {
    readonly bodyless?: boolean;
    readonly deadlineMs?: number;
  }) => Promise<RawAnswer>;
  /** Resolves when the other side has closed. */
  readonly closed: Promise<void>;
  /** Bytes that have come and that no answer has taken. */
  readonly left: () => string;
  readonly end: () => void;
};

/** Connects; with `ca` by TLS. */
export async function wire(
  port: number,
  options: { readonly ca?: Buffer; readonly host?: string } = {},
): Promise<Wire> {
  const host = options.host ?? "127.0.0.1";
  const socket =
    options.ca === undefined
      ? connectTcp({ port, host, noDelay: true })
      : connectTls({ port, host, ca: options.ca, servername: "localhost" });
  const inbox = new Inbox(socket);
  await within(
    "a connection to the gateway",
    new Promise<void>((resolve, reject) => {
      socket.once(options.ca === undefined ? "connect" : "secureConnect", () => resolve());
      socket.once("error", reject);
    }),
  );
  return {
    socket,
    send: (...parts) => {
      for (const part of parts) socket.write(part);
    },
    answer: ({ bodyless = false, deadlineMs = 15_000 } = {}) =>
      within("an answer", inbox.next(bodyless), deadlineMs),
    closed: inbox.closed,
    left: () => inbox.left,
    end: () => socket.destroy(),
  };
}

class Inbox {
  #bytes: Buffer = Buffer.alloc(0);
  #isEnded = false;
  #wake: () => void = () => undefined;
  readonly closed: Promise<void>;

  constructor(socket: Socket) {
    socket.on("data", (chunk: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
      this.#wake();
    });
    this.closed = new Promise((resolve) => {
      const end = () => {
        this.#isEnded = true;
        this.#wake();
        resolve();
      };
      socket.on("close", end);
      socket.on("end", end);
    });
    // A reset is seen as the connection's end.
    socket.on("error", () => undefined);
  }

  get left(): string {
    return this.#bytes.toString("latin1");
  }

  async next(bodyless: boolean): Promise<RawAnswer> {
    for (;;) {
      const taken = take(this.#bytes, bodyless);
      if (taken) {
        this.#bytes = taken.rest;
        return taken.answer;
      }
      if (this.#isEnded) {
        throw new Error(`The connection ended before an answer: ${JSON.stringify(this.left)}`);
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

function take(bytes: Buffer, bodyless: boolean): { answer: RawAnswer; rest: Buffer } | undefined {
  const headEnd = bytes.indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  const [first = "", ...lines] = bytes.subarray(0, headEnd).toString("latin1").split("\r\n");
  const match = /^HTTP\/1\.1 (\d{3}) ?(.*)$/.exec(first);
  if (!match) throw new Error(`Not an answer: ${JSON.stringify(first)}`);
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const status = Number(match[1]);
  const hasBody = !bodyless && status >= 200 && status !== 204 && status !== 304;
  const length = hasBody ? Number(headers["content-length"] ?? 0) : 0;
  const end = headEnd + 4 + length;
  if (bytes.length < end) return undefined;
  const body = bytes.subarray(headEnd + 4, end).toString("utf8");
  return { answer: { status, reason: match[2] ?? "", headers, body }, rest: bytes.subarray(end) };
}

/** The bytes of a request; a body gets its `Content-Length` unless the headers say how it is framed. */
export function requestBytes(request: {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}): Buffer {
  const { method = "POST", path, headers = {}, body } = request;
  const names = Object.keys(headers).map((name) => name.toLowerCase());
  const framed = names.includes("content-length") || names.includes("transfer-encoding");
  const lines = [
    `${method} ${path} HTTP/1.1`,
    ...(names.includes("host") ? [] : ["Host: gateway.test"]),
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(body === undefined || framed ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]),
  ];
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), Buffer.from(body ?? "")]);
}

/** Sends one request on a connection of its own and returns its answer. */
export async function exchangeOnce(
  port: number,
  request: Parameters<typeof requestBytes>[0],
  options: { readonly ca?: Buffer } = {},
): Promise<RawAnswer> {
  const line = await wire(port, options);
  try {
    line.send(requestBytes(request));
    return await line.answer({ bodyless: request.method === "HEAD" });
  } finally {
    line.end();
  }
}
