/**
 * Many live clients in one process, as bare sockets: what is measured is the server, and a library for
 * each client would cost more than the server does. Told by HTTP what to do.
 */
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { reportUsage } from "../report-usage.ts";

const atOnce = 200;
let sockets: Socket[] = [];
let received = 0;
let delays: number[] = [];

/** Bodies begin with the moment of their posting, in microseconds, as 16 digits. */
function take(payload: Buffer): void {
  received += 1;
  const sentAt = Number(payload.toString("latin1", 7, 23));
  delays.push(Number(process.hrtime.bigint() / 1000n) - sentAt);
}

const pong = Buffer.from([0x8a, 0x80, 0, 0, 0, 0]);

/** Takes all whole frames of up to 64 KiB; what is left. */
function takeFrames(bytes: Buffer, socket: Socket): Buffer {
  let at = 0;
  while (bytes.length - at >= 2) {
    const short = bytes.readUInt8(at + 1);
    const head = short < 126 ? 2 : 4;
    if (bytes.length - at < head) break;
    const length = short < 126 ? short : bytes.readUInt16BE(at + 2);
    if (bytes.length - at < head + length) break;
    if (bytes[at] === 0x81) take(bytes.subarray(at + head, at + head + length));
    else if (bytes[at] === 0x89) socket.write(pong);
    at += head + length;
  }
  return bytes.subarray(at);
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1" });
    let left: Buffer = Buffer.alloc(0);
    let isOpen = false;
    socket.on("error", reject);
    socket.on("data", (chunk) => {
      left = left.length === 0 ? chunk : Buffer.concat([left, chunk]);
      if (!isOpen) {
        const end = left.indexOf("\r\n\r\n");
        if (end < 0) return;
        if (!left.includes(" 101 ")) return reject(new Error(String(left)));
        isOpen = true;
        left = left.subarray(end + 4);
        resolve(socket);
      }
      left = takeFrames(left, socket);
    });
    socket.write(
      `GET /live HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    );
  });
}

const commands: Record<string, (query: URLSearchParams) => Promise<unknown>> = {
  "/connect": async (query) => {
    const [port, count] = [Number(query.get("port")), Number(query.get("count"))];
    while (sockets.length < count) {
      const next = Math.min(atOnce, count - sockets.length);
      sockets.push(...(await Promise.all(Array.from({ length: next }, () => open(port)))));
    }
    return sockets.length;
  },
  "/disconnect": async () => {
    const closed = sockets.map((socket) => new Promise((done) => socket.once("close", done)));
    for (const socket of sockets) socket.destroy();
    await Promise.all(closed);
    sockets = [];
    return 0;
  },
  "/delays": async () => {
    const sorted = Float64Array.from(delays).sort();
    delays = [];
    const part = (share: number) => (sorted[Math.floor((sorted.length - 1) * share)] ?? 0) / 1000;
    return { p50: part(0.5), p99: part(0.99), most: part(1) };
  },
};

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://a");
  commands[pathname]?.(searchParams).then(
    (result) => response.end(JSON.stringify(result)),
    (error: unknown) => response.writeHead(500).end(String(error)),
  );
});
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  reportUsage({ port, settled: () => received, stop: () => undefined });
});
