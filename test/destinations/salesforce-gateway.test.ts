/** Whole gateways that post to Salesforce: what dies, what is told, and what never is. */
import { spawn } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Delivery } from "../../src/core/types.ts";
import { type FakeSalesforce, openSalesforce, refusal } from "../support/fake-salesforce.ts";
import {
  type GatewayProcess,
  listening,
  scratch,
  startGateway,
} from "../support/gateway-process.ts";
import { allDeliveries, beside } from "../support/kept.ts";
import { exchangeOnce } from "../support/raw-http.ts";
import { until } from "../support/until.ts";

const cli = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));
const fake = fileURLToPath(new URL("../support/fake-salesforce.ts", import.meta.url));

let folder: ReturnType<typeof scratch>;
let server: FakeSalesforce;
let gateway: GatewayProcess | undefined;

beforeEach(async () => {
  folder = scratch("salesforce");
  server = await openSalesforce({ rotates: true });
});

afterEach(async () => {
  await gateway?.kill();
  gateway = undefined;
  await server.close();
  folder.remove();
});

const store = () => join(folder.path, "store.db");

function environment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    SIGNING_SECRET: "signing-secret-of-this-test",
    SFDC_ENDPOINT: server.apexUrl,
    SFDC_CLIENT_SECRET: "19552799256752415",
    SFDC_REFRESH_TOKEN: "5Aep861.first.refresh.token",
    SUREHOOK_LOG_LEVEL: "debug",
    ...more,
  };
}

function writeConfig(): string {
  const path = join(folder.path, "surehook.config.ts");
  writeFileSync(
    path,
    `import { defineGateway, secret } from "surehook";
import { code, salesforce } from "surehook/destinations";
import { hmac } from "surehook/providers";

export default defineGateway({
  server: { host: "127.0.0.1" },
  sources: { shop: hmac({ path: "/in", header: "x-signature", secrets: [secret("SIGNING_SECRET")] }) },
  destinations: {
    crm: salesforce({
      url: secret("SFDC_ENDPOINT"),
      token: {
        grant: "refresh_token",
        loginUrl: "${server.url}",
        clientId: "3MVG9.consumer.key",
        clientSecret: secret("SFDC_CLIENT_SECRET"),
        refreshToken: secret("SFDC_REFRESH_TOKEN"),
      },
      allowPrivate: true,
      retry: { attempts: 5, firstDelayMs: 100, maxDelayMs: 100, jitter: "none" },
    }),
    note: code(() => import("./note.ts")),
  },
  routes: [{ to: "crm" }],
});
`,
  );
  writeFileSync(join(folder.path, "note.ts"), "export function handle() {}\n");
  return path;
}

async function start(more: Readonly<Record<string, string>> = {}): Promise<GatewayProcess> {
  gateway = await startGateway({ config: writeConfig(), store: store(), env: environment(more) });
  return gateway;
}

async function post(to: GatewayProcess): Promise<void> {
  const body = JSON.stringify({ id: randomUUID() });
  const signature = createHmac("sha256", "signing-secret-of-this-test").update(body).digest("hex");
  const headers = { "content-type": "application/json", "x-signature": signature };
  const { status } = await exchangeOnce(to.port, { path: "/in", headers, body });
  expect(status).toBe(200);
}

const settled = (state: Delivery["state"], count = 1) =>
  until(`${count} deliveries ${state}`, () =>
    beside(store(), async (engine) => {
      const list = (await allDeliveries(engine)).filter((one) => one.state === state);
      if (list.length !== count) return false;
      return Promise.all(
        list.map(async (one) => ({ ...one, tries: await engine.attempts(one.id) })),
      );
    }),
  );

/** All that the gateway has written: logs, store, key, archive. */
function written(running: GatewayProcess): string {
  const files = readdirSync(folder.path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"));
  return [running.log(), ...files].join("\n");
}

async function run(
  words: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const env = { PATH: process.env["PATH"], SUREHOOK_STORE: store(), ...environment(more) };
  const child = spawn(process.execPath, [cli, ...words], { cwd: folder.path, env });
  const said = { out: "", err: "" };
  child.stdout.on("data", (chunk) => {
    said.out += String(chunk);
  });
  child.stderr.on("data", (chunk) => {
    said.err += String(chunk);
  });
  const [code] = await once(child, "close");
  return { code, ...said };
}

describe("a gateway that posts to Salesforce", () => {
  test("delivers the bytes, and leaves neither tokens nor secrets in logs, attempts, store or archive", async () => {
    const running = await start();
    await post(running);
    await settled("delivered");
    server.revoke();
    server.answerBy((_, token) => refusal("ODD_CODE", `Bearer ${token}`));
    await post(running);
    const [dead] = await settled("dead");
    expect(dead?.tries[0]?.detail).toContain("ODD_CODE: Bearer …");
    await running.stop();
    const all = written(running);
    expect(all).toContain("ODD_CODE");
    expect(server.issued).toHaveLength(2);
    const { issued, refreshToken } = server;
    const hidden = [...issued, refreshToken, "19552799256752415", "5Aep861.first.refresh.token"];
    for (const token of hidden) {
      expect(all).not.toContain(token);
    }
  });

  test("lets a refused record die at once, with Salesforce's own words", async () => {
    server.answerBy(() => refusal("REQUIRED_FIELD_MISSING", "Required fields are missing: [Name]"));
    await post(await start());
    const [dead] = await settled("dead");
    expect(dead).toMatchObject({
      attempts: 1,
      reason:
        "DESTINATION_REFUSED: answered 400: REQUIRED_FIELD_MISSING: Required fields are missing: [Name]",
    });
    expect(dead?.tries).toMatchObject([{ outcome: "failed", status: 400 }]);
  });

  test("tries again after an outage", async () => {
    const answers = [{ status: 500, body: [{ errorCode: "UNKNOWN_EXCEPTION", message: "odd" }] }];
    server.answerBy(() => answers.shift() ?? { status: 200, body: {} });
    await post(await start());
    const [delivered] = await settled("delivered");
    expect(delivered?.tries.map(({ outcome }) => outcome)).toEqual(["failed", "delivered"]);
  });

  test("doesn't start with a key that is none", async () => {
    const started = start({ SUREHOOK_KEY: "c2hvcnQ=" });
    await expect(started).rejects.toThrow("SUREHOOK_KEY is not 32 bytes of base64");
  });

  test("goes on with the same token after a kill", async () => {
    const first = await start();
    await post(first);
    await settled("delivered");
    await first.kill();
    await post(await start());
    await settled("delivered", 2);
    expect(server.logins).toEqual(["refresh_token"]);
  });
});

describe("surehook token", () => {
  test("takes the first token before the gateway runs, and shows when it ends", async () => {
    writeConfig();
    const json = await run(["token", "crm", "--json"]);
    expect(json.code, json.err).toBe(0);
    const { destination, expiresAt } = JSON.parse(json.out);
    expect(destination).toBe("crm");
    expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(3_600_000);
    const text = await run(["token", "crm"]);
    expect(text.out).toMatch(/^A new token for crm is kept, until .+\.\n$/);
    for (const token of server.issued) expect(json.out + text.out + text.err).not.toContain(token);
    await post(await start());
    await settled("delivered");
    expect(server.logins).toHaveLength(2);
  });

  test("says what is wrong", async () => {
    writeConfig();
    const refused = await run(["token", "crm"], { SFDC_REFRESH_TOKEN: "wrong-refresh-token" });
    expect(refused.code).toBe(1);
    expect(refused.err).toContain("invalid_grant: expired access/refresh token");
    expect(refused.err).not.toContain("wrong-refresh-token");
    expect((await run(["token", "cmr"])).err).toContain('Did you mean "crm"?');
    const none = await run(["token", "note"]);
    expect(none.code).toBe(2);
    expect(none.err).toContain("logs in with no token");
    const key = await run(["token", "crm"], { SUREHOOK_KEY: "short" });
    expect(key.code).toBe(2);
    expect(key.err).toContain("openssl rand -base64 32");
  });
});

describe("the server that stands for Salesforce", () => {
  test("runs as a process and tells what it received", async () => {
    const child = spawn(process.execPath, [fake, "--port", "0"], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const other = await listening(child, 30_000);
    const ask = async (path: string, init: RequestInit = {}) =>
      (await fetch(other.url + path, init)).json() as Promise<Record<string, unknown>>;
    const form = {
      grant_type: "client_credentials",
      client_id: "3MVG9.consumer.key",
      client_secret: "19552799256752415",
    };
    const login = { method: "POST", body: new URLSearchParams(form) };
    const { access_token: token } = await ask("/services/oauth2/token", login);
    const record = { method: "POST", body: "{}", headers: { authorization: `Bearer ${token}` } };
    expect(await ask("/services/apexrest/SfdcStripe/", record)).toEqual({ success: true });
    await ask("/_control", { method: "POST", body: JSON.stringify({ revoke: true }) });
    expect(await ask("/services/apexrest/SfdcStripe/", record)).toMatchObject([
      { errorCode: "INVALID_SESSION_ID" },
    ]);
    expect(await ask("/_received")).toMatchObject({
      logins: ["client_credentials"],
      records: [{ body: "{}" }],
      refusedSessions: 1,
    });
    await other.stop();
  });
});
