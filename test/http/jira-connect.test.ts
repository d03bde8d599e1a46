/** An Atlassian Connect app: installed over a whole gateway, by a key that is fetched; and what may not install it. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, hash } from "node:crypto";
import { afterEach, describe, expect, test } from "vitest";
import { openLearned } from "../../src/app/operate.ts";
import { secret } from "../../src/core/define.ts";
import { jiraConnect } from "../../src/providers/index.ts";
import { makePublicJws } from "../../src/providers/schemes/jws.ts";
import { expectRefusal } from "../support/answering.ts";
import { type LocalGateway, runHere } from "../support/in-process.ts";
import { beside } from "../support/kept.ts";
import { openPaypalHost, type PaypalHost, pem } from "../support/paypal-host.ts";
import { exchangeOnce } from "../support/raw-http.ts";

const key = createPrivateKey(pem("own-key"));
const publicPem = createPublicKey(pem("own-key")).export({ format: "pem", type: "spki" });
const sharedSecret = "ATCOa-shared-secret-of-one-tenant-0123456789";
const other = { sharedSecret: "ATCOanother-secret-0123456789" };

let host: PaypalHost;
let gateway: LocalGateway;

afterEach(async () => {
  await gateway.end();
  await host.close();
});

async function open(answer: string = String(publicPem), status = 200): Promise<void> {
  host = await openPaypalHost(
    (_, response) => {
      response.statusCode = status;
      response.end(answer);
    },
    { root: "senders", server: "senders" },
  );
  process.env["J_SECRET"] = "a-secret-of-the-config";
  gateway = await runHere(
    {
      publicUrl: "https://gateway.example.com",
      sources: {
        jira: jiraConnect({ path: "/jira", learn: true }),
        configured: jiraConnect({ path: "/configured", secrets: [secret("J_SECRET")] }),
      },
      destinations: {},
      routes: [],
    },
    undefined,
    { keys: host.keys },
  );
}

const queryHash = (path: string) => hash("sha256", `POST&${path}&`, "hex");

type Lifecycle = { readonly claims?: object; readonly body?: object; readonly path?: string };

function lifecycle({ claims = {}, body = {}, path = "/jira" }: Lifecycle = {}) {
  const told = { eventType: "installed", clientKey: "tenant-1", sharedSecret, ...body };
  const said = {
    iss: "tenant-1",
    aud: ["https://gateway.example.com"],
    qsh: queryHash(path),
    exp: Math.floor(Date.now() / 1000) + 180,
    ...claims,
  };
  const token = makePublicJws("RS256", key, { keyId: "0ae6-key_1", claims: said });
  const headers = { Authorization: `JWT ${token}`, "content-type": "application/json" };
  return exchangeOnce(gateway.port, { path, headers, body: JSON.stringify(told) });
}

function event(by: string, path = "/jira") {
  const body = Buffer.from(`{"webhookEvent":"jira:issue_created","timestamp":${Date.now()}}`);
  const url = `https://gateway.example.com${path}`;
  const { sign } = jiraConnect;
  const given = { body, secret: by, now: Date.now(), options: {}, id: "1", type: "x", url };
  return exchangeOnce(gateway.port, { path, headers: sign(given).headers, body });
}

const learned = () =>
  beside(gateway.store, (engine) => openLearned(engine, { store: gateway.store }).all("jira"));

describe("an app that is installed", () => {
  test("shows its secret, which all that follows is signed with", async () => {
    await open();
    expectRefusal(await event(sharedSecret), 503, "SOURCE_OFF");
    const answer = await lifecycle();
    expect([answer.status, answer.body]).toEqual([200, ""]);
    expect(host.asked.map(({ method, host: name, path }) => [method, name, path])).toEqual([
      ["GET", "connect-install-keys.atlassian.com", "/0ae6-key_1"],
    ]);
    expect((await event(sharedSecret)).status).toBe(200);
    expectRefusal(await event("another secret"), 401, "INVALID_SIGNATURE");
    expect(await learned()).toMatchObject([{ name: "learned-1", state: "live" }]);
  });

  test("by a second tenant waits for a person; that it was removed teaches nothing", async () => {
    await open();
    await lifecycle();
    expect((await lifecycle({ body: other })).status).toBe(200);
    expect((await learned()).map(({ state }) => state)).toEqual(["live", "pending"]);
    const gone = { eventType: "uninstalled", sharedSecret: "ATCO-a-third-secret-0123456789" };
    expect((await lifecycle({ body: gone })).status).toBe(200);
    expect(await learned()).toHaveLength(2);
  });

  test("is nobody's but Atlassian's, of this app, this tenant and this request", async () => {
    await open();
    await lifecycle();
    for (const one of [
      { claims: { aud: ["https://elsewhere.example.com"] } },
      { claims: { aud: undefined } },
      { claims: { iss: "tenant-2" } },
      { claims: { qsh: queryHash("/elsewhere") } },
      { body: { clientKey: "tenant-2" } },
    ] satisfies readonly Lifecycle[]) {
      expectRefusal(
        await lifecycle({ ...one, body: { ...other, ...one.body } }),
        401,
        "INVALID_SIGNATURE",
      );
    }
    const late = await lifecycle({ claims: { exp: Math.floor(Date.now() / 1000) - 600 } });
    expectRefusal(late, 401, "TIMESTAMP_TOO_OLD");
    expectRefusal(await lifecycle({ claims: { exp: undefined } }), 401, "INVALID_FORMAT");
    expectRefusal(await lifecycle({ body: { sharedSecret: "short" } }), 401, "INVALID_FORMAT");
    expect(await learned()).toHaveLength(1);
  });

  test("is refused where the source takes no secret, and where another key signed", async () => {
    await open();
    expect((await lifecycle({ path: "/configured" })).status).toBe(401);
    expect((await event("a-secret-of-the-config", "/configured")).status).toBe(200);
    await gateway.end();
    await host.close();
    const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    await open(String(publicKey.export({ format: "pem", type: "spki" })));
    expect((await lifecycle()).status).toBe(503);
    expect(await learned()).toEqual([]);
  });

  test("gets 503 where the key can't be had: it comes again", async () => {
    await open("no such key", 404);
    expectRefusal(await lifecycle(), 503, "KEYS_UNAVAILABLE");
    expect(await learned()).toEqual([]);
  });
});
