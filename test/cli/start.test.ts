/** `surehook start` as a process: what it prints, that it can be pasted, and how it ends. */
import { execFile } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { GatewayFolder, mainFile, secrets, until } from "./gateway-folder.ts";

const exec = promisify(execFile);

let folder: GatewayFolder;

beforeEach(() => {
  folder = new GatewayFolder();
});

afterEach(() => folder.remove());

/** Pastes a line into a shell that knows the secrets, as its user does. */
async function paste(line: string): Promise<string> {
  const env = { ...process.env, ...secrets };
  return (await exec("sh", ["-c", line], { cwd: folder.path, env })).stdout;
}

/** A request whose body stays away: it holds a drain. */
async function halfRequest(url: string) {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  const head = [
    "POST /shop HTTP/1.1",
    `host: ${hostname}`,
    "content-length: 10",
    "expect: 100-continue",
  ];
  socket.write(`${head.join("\r\n")}\r\n\r\n`);
  await once(socket, "data");
  return socket;
}

describe("start", () => {
  test("prints where it listens, its sources, destinations and store, without colour or secrets", async () => {
    await folder.start();
    expect(folder.greeting).toContain(`Surehook listens at ${folder.url}`);
    expect(folder.greeting).toContain(`${folder.url}/health/ready`);
    expect(folder.greeting).toMatch(/^shop +hmac +\/shop +on$/m);
    expect(folder.greeting).toMatch(
      /^off +github +\/github +off +answers 503: set MISSING_SECRET/m,
    );
    expect(folder.greeting).toMatch(/^note +code/m);
    expect(folder.greeting).toContain("surehook.db");
    expect(folder.greeting).not.toContain("\u001b");
    for (const secret of Object.values(secrets)) {
      expect(folder.greeting + folder.log).not.toContain(secret);
    }
    expect((await fetch(`${folder.url}/health/ready`)).status).toBe(200);
  });

  test("logs JSON lines to standard error only, and no words of a destination, which may be the payload", async () => {
    await folder.start();
    await folder.ok("send", "shop", "boom", "--url", folder.url);
    await until("the failed attempt in the log", () => folder.log.includes("attempt failed"));
    expect(await folder.stop()).toBe(0);
    for (const line of folder.log.trim().split("\n")) JSON.parse(line);
    expect(folder.log).not.toContain("boom");
  });

  test("prints a command and a curl line that each send a signed event when pasted", async () => {
    await folder.start();
    const lines = folder.greeting.split("\n").map((line) => line.trim());
    const command = lines.find((line) => line.includes(`${mainFile} send`)) ?? "";
    const curl = lines.find((line) => line.includes("openssl")) ?? "";
    expect(await paste(command)).toMatch(/^200 \{"received":true/);
    expect(await paste(curl)).toMatch(/^\{"received":true/);
    await until("both events at the handler", () => folder.seen().length === 2);
  });

  test("ends with 0 on SIGTERM and SIGINT", async () => {
    await folder.start();
    expect(await folder.stop("SIGTERM")).toBe(0);
    await folder.start();
    expect(await folder.stop("SIGINT")).toBe(0);
  });

  test("drains on the first signal, and ends at once on the second", async () => {
    await folder.start();
    const socket = await halfRequest(folder.url);
    socket.on("error", () => undefined);
    const gateway = folder.gateway;
    const ended = once(gateway ?? socket, "exit");
    gateway?.kill("SIGTERM");
    await until("the refusal of new requests", () =>
      fetch(`${folder.url}/health/ready`).then(
        ({ status }) => status === 503,
        () => true,
      ),
    );
    expect(gateway?.exitCode).toBe(null);
    gateway?.kill("SIGINT");
    expect((await ended)[0]).toBe(130);
    socket.destroy();
  });

  test("outlives the reader of its output", async () => {
    await folder.start();
    folder.gateway?.stdout?.destroy();
    expect(await folder.ok("send", "shop", "order.paid", "--url", folder.url)).toMatch(/^200 /);
    expect(await folder.stop()).toBe(0);
  });

  test("a second gateway on the same store is refused with what to do", async () => {
    await folder.start();
    const { code, err } = await folder.run(["start", "--port", "0"]);
    expect(code).toBe(1);
    expect(err).toContain("[STORE_IN_USE]");
    expect(err).toContain("SUREHOOK_STORE");
  });

  test("a port that is taken is named", async () => {
    await folder.start();
    const { port } = new URL(folder.url);
    const env = { SUREHOOK_STORE: "other.db" };
    const { code, err } = await folder.run(["start", "--local", "--port", port], { env });
    expect(code).not.toBe(0);
    expect(err).toContain(port);
    expect(err).not.toContain("    at ");
  });
});
