/** A server that stands in for hosts of senders, such as PayPal's, over TLS with a certificate of their names. */
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { setDefaultCACertificates } from "node:tls";
import { guardedConnector } from "../../src/net/guarded-pool.ts";
import type { KeyFetcherOptions } from "../../src/net/key-fetcher.ts";

/** A certificate or key of the tests' authority. */
export function pem(name: string): string {
  return readFileSync(new URL(`./certificates/${name}.pem`, import.meta.url), "utf8");
}

/** What was asked of it. */
export type Asked = {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: Buffer;
};

/** The server, and how it is reached in place of PayPal's addresses. */
export type PaypalHost = {
  readonly asked: Asked[];
  readonly keys: Pick<KeyFetcherOptions, "connect">;
  readonly close: () => Promise<void>;
};

/** Opens it; this process trusts its authority alone from then on. */
export async function openPaypalHost(
  answer: (asked: Asked, response: ServerResponse) => void,
  certificates: { readonly root: string; readonly server: string } = {
    root: "root",
    server: "server",
  },
): Promise<PaypalHost> {
  setDefaultCACertificates([pem(certificates.root)]);
  const asked: Asked[] = [];
  const server = createServer(
    { key: pem("own-key"), cert: pem(certificates.server) },
    (request, response) => {
      void read(request).then((one) => {
        asked.push(one);
        answer(one, response);
      });
    },
  );
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const connect = guardedConnector({
    allowPrivate: ["127.0.0.1"],
    connectTimeoutMs: 5_000,
    lookup: (_name, _options, done) => done(null, [{ address: "127.0.0.1", family: 4 }]),
  });
  return {
    asked,
    keys: { connect: (options, callback) => connect({ ...options, port: String(port) }, callback) },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function read(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const { method = "", url = "", headers } = request;
  return {
    method,
    host: headers.host ?? "",
    path: url,
    authorization: headers.authorization,
    body: Buffer.concat(chunks),
  };
}
