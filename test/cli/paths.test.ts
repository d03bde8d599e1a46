/** Paths in a config are from its folder; what a TLS gateway's sender is told. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GatewayFolder, until } from "./gateway-folder.ts";

const config = `import { defineGateway, secret } from "surehook";
import { code, file } from "surehook/destinations";
import { hmac } from "surehook/providers";

export default defineGateway({
  server: { tls: { certFile: "tls/cert.pem", keyFile: "tls/key.pem" } },
  archive: { folder: "dead" },
  sources: { shop: hmac({ path: "/shop", header: "x-signature", secrets: [secret("SHOP_SECRET")] }) },
  destinations: {
    kept: file({ folder: "kept" }),
    fails: code("./fails.ts", { retry: { attempts: 1 } }),
  },
  routes: [{ to: ["kept", "fails"] }],
});
`;

let folder: GatewayFolder;
const named = ["--config", "inner/surehook.config.ts"];
const inner = (...parts: readonly string[]): string => join(folder.path, "inner", ...parts);

beforeAll(async () => {
  folder = new GatewayFolder();
  mkdirSync(inner("tls"), { recursive: true });
  folder.write("inner/surehook.config.ts", config);
  folder.write("inner/fails.ts", 'export function handle() { throw new Error("no"); }\n');
  const made = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  const subject = ["-subj", "/CN=x", "-addext", "subjectAltName=IP:127.0.0.1"];
  const files = ["-keyout", inner("tls", "key.pem"), "-out", inner("tls", "cert.pem")];
  execFileSync("openssl", [...made, ...subject, ...files], { stdio: "ignore" });
  await folder.start(...named);
});

afterAll(() => folder.remove());

const send = () => ["send", "shop", "order.paid", ...named, "--url", folder.url];

describe("paths in a config", () => {
  test("are from its folder, wherever the gateway was started", async () => {
    const trusted = { env: { NODE_EXTRA_CA_CERTS: inner("tls", "cert.pem") } };
    const sent = await folder.run(send(), trusted);
    expect(sent.out).toMatch(/^200 /);
    await until(
      "the kept and the dead",
      () => existsSync(inner("kept")) && existsSync(inner("dead")),
    );
    expect(readdirSync(folder.path)).not.toContain("kept");
    expect(readdirSync(folder.path)).not.toContain("dead");
  });

  test("that lead nowhere are told whole", async () => {
    const text = config.replace("tls/cert.pem", "tls/none.pem");
    folder.write("inner/none.config.ts", text);
    const env = { SHOP_SECRET: "", SHOP_SECRET_FILE: "none.txt" };
    const { err } = await folder.run(["check", "-c", "inner/none.config.ts"], { env });
    expect(err).toContain(`'${inner("tls", "none.pem")}'`);
    expect(err).toContain(`'${join(folder.path, "none.txt")}'`);
    const sent = await folder.run([...send(), "--file", "none.json"]);
    expect(sent.err).toContain(`'${join(folder.path, "none.json")}'`);
  });
});

describe("send", () => {
  test("says of a certificate that isn't trusted what it is, and how to trust it", async () => {
    const { code, out, err } = await folder.run(send());
    expect(code).toBe(1);
    expect(out).toContain("certificate");
    expect(err).toContain("NODE_EXTRA_CA_CERTS");
    expect(err).not.toContain("Is the gateway running?");
  });

  test("says so too where the certificate is of another name", async () => {
    const env = { NODE_EXTRA_CA_CERTS: inner("tls", "cert.pem") };
    const url = folder.url.replace("127.0.0.1", "localhost");
    const { err } = await folder.run([...send().slice(0, -1), url], { env });
    expect(err).toContain("another name");
  });

  test("says where the gateway speaks TLS and was asked without, or the other way", async () => {
    const url = folder.url.replace("https:", "http:");
    const { err } = await folder.run([...send().slice(0, -1), url]);
    expect(err).toContain("https://");
  });
});
