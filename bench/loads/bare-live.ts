/** The baseline: each body that is posted goes to every client by the ws library's own `send`. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import { reportUsage } from "../report-usage.ts";

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const body = Buffer.concat(chunks);
    for (const client of live.clients) client.send(body, { binary: false });
    response.end("ok");
  });
});
// As long as the gateway's: a broadcast may hold up the loop for longer than Node's default.
server.keepAliveTimeout = 65_000;
const live = new WebSocketServer({ server, path: "/live" });
server.listen(0, "127.0.0.1", 4096, () => {
  reportUsage({ port: (server.address() as AddressInfo).port, stop: () => undefined });
});
