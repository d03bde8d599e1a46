/** A server that stands in for hosts of senders, such as PayPal's, over TLS with a certificate of their names. */
import { readFileSync } from "node:fs";
import { createServer as createProxy, type IncomingMessage, type ServerResponse } from "node:http";
import { Agent, createServer } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import { setDefaultCACertificates } from "node:tls";
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

/** The server, and what was asked of it. */
export type PaypalServer = {
  readonly asked: Asked[];
  readonly port: number;
  readonly close: () => Promise<void>;
};

/** The server, and how it is reached in place of PayPal's addresses. */
export type PaypalHost = PaypalServer & { readonly keys: Pick<KeyFetcherOptions, "agent"> };

/** Names of the authority's certificate and of the server's. */
type Certificates = { readonly root: string; readonly server: string };

const ofPaypal: Certificates = { root: "root", server: "server" };

/** How it answers. */
export type PaypalAnswer = (asked: Asked, response: ServerResponse) => void;

/** Opens it; this process trusts its authority alone from then on. */
export async function openPaypalHost(
  answer: PaypalAnswer,
  certificates: Certificates = ofPaypal,
): Promise<PaypalHost> {
  setDefaultCACertificates([pem(certificates.root)]);
  const server = await openPaypalServer(answer, certificates);
  return { ...server, keys: { agent: agentTo(server.port) } };
}

/** Opens the server alone, for a process that trusts its authority and is led to it. */
export async function openPaypalServer(
  answer: PaypalAnswer,
  certificates: Certificates = ofPaypal,
): Promise<PaypalServer> {
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
  return {
    asked,
    port,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Connects to a port of this machine, whatever the address says; whom it meets there TLS asks as ever. */
function agentTo(port: number): Agent {
  const agent = new Agent({ keepAlive: true });
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (options, done) =>
    connect({ ...options, host: "127.0.0.1", port }, done);
  return agent;
}

/** A proxy that leads to a port of this machine, whatever it is asked for, and where it was asked to lead. */
export async function openProxyTo(port: number) {
  const wanted: string[] = [];
  const server = createProxy();
  const open = new Set<Socket>();
  server.on("connect", ({ url = "" }, client: Socket) => {
    wanted.push(url);
    const there = connect(port, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      there.pipe(client).pipe(there);
    });
    for (const one of [client, there]) {
      open.add(one);
      one.on("error", () => one.destroy()).on("close", () => open.delete(one));
    }
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    wanted,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      for (const one of open) one.destroy();
      await new Promise((resolve) => server.close(resolve));
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
