/** The baseline: a server that only reads the body and answers 200. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { reportUsage } from "../report-usage.ts";

const server = createServer((q, s) => q.resume().on("end", () => s.end("ok")));
server.listen(0, "127.0.0.1", () => {
  reportUsage({ port: (server.address() as AddressInfo).port, stop: () => undefined });
});
