/** A destination that counts what arrives and answers 200. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { reportUsage } from "../report-usage.ts";

let received = 0;
const server = createServer((q, s) =>
  q.resume().on("end", () => {
    received += 1;
    s.end("ok");
  }),
);
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  reportUsage({ port, settled: () => received, stop: () => undefined });
});
