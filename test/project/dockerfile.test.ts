/** The image's own check of its health, run as it stands in the Dockerfile, against a real gateway. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { root } from "../../scripts/bootstrap.mjs";
import { secret } from "../../src/core/define.ts";
import { stripe } from "../../src/providers/index.ts";
import { freePort, scratch } from "../support/gateway-process.ts";
import { type LocalGateway, runHere } from "../support/in-process.ts";
import { type OwnCertificate, selfSigned } from "../support/self-signed.ts";
import { stripeSecret } from "../support/stripe-events.ts";

const folder = scratch("dockerfile");
let gateway: LocalGateway | undefined;

beforeAll(() => {
  process.env["D_STRIPE"] = stripeSecret;
});

afterEach(async () => {
  await gateway?.end();
  gateway = undefined;
});

afterAll(() => folder.remove());

async function run(server: { readonly tls?: OwnCertificate } = {}): Promise<LocalGateway> {
  gateway = await runHere({
    sources: { stripe: stripe({ path: "/in", secrets: [secret("D_STRIPE")] }) },
    destinations: {},
    routes: [],
    server,
  });
  return gateway;
}

/** The exit code of the check, asked at another port than the image's. */
async function health(port: number): Promise<number> {
  const text = readFileSync(join(root, "Dockerfile"), "utf8");
  const [, words = ""] = /^HEALTHCHECK [^[]+CMD (\[.*\])$/m.exec(text) ?? [];
  expect(words).toContain("4242");
  const [program, ...rest]: string[] = JSON.parse(words.replaceAll("4242", String(port)));
  expect(program).toBe("node");
  // Not awaited by the thread, on which the gateway is to answer.
  const child = spawn(process.execPath, rest, { stdio: "inherit" });
  const [code] = await once(child, "exit");
  return code;
}

test("finds a gateway that is ready, by HTTP and by TLS", async () => {
  expect(await health((await run()).port)).toBe(0);
  await gateway?.end();
  expect(await health((await run({ tls: selfSigned(folder.path) })).port)).toBe(0);
});

test("fails where nothing listens, and where the store can't commit", async () => {
  expect(await health(await freePort())).toBe(1);
  const at = await run();
  const db = new DatabaseSync(at.store);
  db.exec("BEGIN IMMEDIATE");
  expect(await health(at.port)).toBe(1);
  db.exec("ROLLBACK");
  db.close();
});
