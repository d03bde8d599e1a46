/** A server that stands in for PayPal's hosts, over TLS with a certificate of their names. */
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Agent, createServer } from "node:https";
import type { AddressInfo } from "node:net";
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

/** The server, and how it is reached in place of PayPal's addresses. */
export type PaypalHost = {
  readonly asked: Asked[];
  readonly keys: Pick<KeyFetcherOptions, "agent">;
  readonly close: () => Promise<void>;
};

/** Opens it; this process trusts its authority alone from then on. */
export async function openPaypalHost(
  answer: (asked: Asked, response: ServerResponse) => void,
): Promise<PaypalHost> {
  setDefaultCACertificates([pem("root")]);
  const asked: Asked[] = [];
  const server = createServer({ key: pem("own-key"), cert: pem("server") }, (request, response) => {
    void read(request).then((one) => {
      asked.push(one);
      answer(one, response);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    asked,
    keys: { agent: agentTo(port) },
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
