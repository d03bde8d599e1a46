/** A destination of the tests: takes what is delivered and checks it with the official library. */
import { createHash } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";

/** The key that the tests' gateways sign what they forward with. */
export const forwardSecret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

/** What came in one delivery. */
export type Arrival = {
  /** `surehook-event-id`. */
  readonly eventId: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly sha256: string;
  readonly body: Buffer | undefined;
  readonly at: number;
};

/** A sink that listens. */
export type Sink = {
  readonly url: string;
  readonly port: number;
  readonly arrivals: Arrival[];
  /** Faults of signature, one text each. */
  readonly faults: string[];
  readonly close: () => Promise<void>;
};

/** How a sink answers; a status of 0 breaks the connection. */
export type SinkAnswer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
};

const accepted: SinkAnswer = { status: 200 };

/** Opens a sink on a free port (or a given one). Bodies are kept unless `keepsBodies` is false. */
export async function openSink(
  options: {
    readonly secret?: string | undefined;
    readonly port?: number;
    readonly keepsBodies?: boolean;
    readonly answer?: (arrival: Arrival) => SinkAnswer | Promise<SinkAnswer>;
  } = {},
): Promise<Sink> {
  const { keepsBodies = true } = options;
  const answer = options.answer ?? (() => accepted);
  const webhook = new Webhook(options.secret ?? forwardSecret);
  const arrivals: Arrival[] = [];
  const faults: string[] = [];
  const server = createServer((request, response) => {
    void read(request).then(async (body) => {
      const arrival = arrivalOf(request, keepsBodies ? body : undefined, body);
      const fault = faultOf(webhook, request, body);
      if (fault) faults.push(`${arrival.eventId}: ${fault}`);
      arrivals.push(arrival);
      const { status, headers } = await answer(arrival);
      if (status === 0) request.socket.destroy();
      else response.writeHead(status, headers).end();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/sink`,
    port,
    arrivals,
    faults,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** SHA-256 in hex. */
export function sha256(bytes: Buffer | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function arrivalOf(request: IncomingMessage, kept: Buffer | undefined, body: Buffer): Arrival {
  return {
    eventId: String(request.headers["surehook-event-id"]),
    path: request.url ?? "",
    headers: request.headers,
    sha256: sha256(body),
    body: kept,
    at: Date.now(),
  };
}

function faultOf(webhook: Webhook, request: IncomingMessage, body: Buffer): string | undefined {
  try {
    webhook.verify(body, request.headers as Record<string, string>, { jsonParse: false });
    return undefined;
  } catch (error) {
    return String(error);
  }
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk);
  } catch {
    // The gateway was killed in the middle of a delivery.
  }
  return Buffer.concat(chunks);
}
