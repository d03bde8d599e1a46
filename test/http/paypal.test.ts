/** PayPal through a whole gateway: its certificate is fetched, kept, and missed, its judgement asked for. */
import type { ServerResponse } from "node:http";
import { afterEach, expect, test } from "vitest";
import { releaseRequest } from "../../src/app/operate.ts";
import { secret } from "../../src/core/define.ts";
import { KeyFetcher } from "../../src/net/key-fetcher.ts";
import { type PaypalOptions, paypal } from "../../src/providers/paypal.ts";
import { type LocalGateway, runHere } from "../support/in-process.ts";
import { allRequests, beside } from "../support/kept.ts";
import { type Asked, openPaypalHost, type PaypalHost, pem } from "../support/paypal-host.ts";
import { until } from "../support/until.ts";

const webhookId = "4JH86294D6297924G";
const chain = pem("paypal") + pem("intermediate");
const sampleUrl = "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-sample";

let host: PaypalHost;
let gateway: LocalGateway;
let sent = 0;

afterEach(async () => {
  await gateway.end();
  await host.close();
});

async function open(
  answer: (asked: Asked, response: ServerResponse) => void,
  options: PaypalOptions = {},
): Promise<void> {
  host = await openPaypalHost(answer);
  process.env["R_PAYPAL"] = webhookId;
  gateway = await runHere(
    {
      sources: { paypal: paypal({ path: "/paypal", secrets: [secret("R_PAYPAL")], ...options }) },
      destinations: {},
      routes: [],
      server: { trustedProxies: ["loopback"] },
    },
    undefined,
    { keys: host.keys },
  );
}

type Told = { readonly code?: string; readonly eventId?: string };
type Post = {
  readonly id?: string;
  readonly now?: number;
  readonly url?: string;
  /** The client's address, where it isn't the test's own. */
  readonly from?: string;
};

async function post({ id, now = Date.now(), url = sampleUrl, from = "192.0.2.1" }: Post = {}) {
  sent += 1;
  const name = `WH-${sent}`;
  const text = `{"id":"${name}","event_type":"PAYMENT.CAPTURE.COMPLETED","amount":20.00}`;
  const body = Buffer.from(text);
  const secret = `${id ?? webhookId}\n${pem("own-key")}`;
  const input = { body, secret, now, options: {}, id: `tx-${sent}`, type: "x" };
  const headers = {
    ...paypal.sign(input).headers,
    "PayPal-Cert-Url": url,
    "X-Forwarded-For": from,
  };
  const answer = await fetch(`${gateway.url}/paypal`, { method: "POST", body, headers });
  return {
    status: answer.status,
    body: (await answer.json()) as Told,
    headers: answer.headers,
    name,
  };
}

const serve = (text: string) => (_: Asked, response: ServerResponse) => {
  response.end(text);
};

test("fetches a certificate once, however many requests name it at once or later", async () => {
  await open(serve(chain));
  const together = await Promise.all(Array.from({ length: 5 }, () => post()));
  together.push(await post());
  expect(together.map(({ status }) => status)).toEqual(Array(6).fill(200));
  expect(together.map(({ body }) => body.eventId)).toEqual(together.map(({ name }) => name));
  expect(host.asked).toEqual([
    {
      method: "GET",
      host: "api.sandbox.paypal.com",
      path: "/v1/notifications/certs/CERT-sample",
      authorization: undefined,
      body: Buffer.alloc(0),
    },
  ]);
});

test("refuses a forged request by 401 and one that names a foreign address without a fetch", async () => {
  await open(serve(chain));
  expect((await post({ id: "9XL90610J3647323C" })).body.code).toBe("INVALID_SIGNATURE");
  const fetched = host.asked.length;
  const foreign = "https://evil.example/v1/notifications/certs/CERT-sample";
  expect((await post({ url: foreign })).body.code).toBe("INVALID_FORMAT");
  expect((await post({ now: Date.now() - 6 * 86_400_000 })).body.code).toBe("TIMESTAMP_TOO_OLD");
  expect(host.asked.length).toBe(fetched);
});

const faults: readonly (readonly [string, (asked: Asked, response: ServerResponse) => void])[] = [
  ["is down", (_, response) => response.writeHead(503).end()],
  ["knows no such certificate", (_, response) => response.writeHead(404).end()],
  ["answers what is no certificate", serve("<html>maintenance</html>")],
  ["answers without end", (_, response) => response.end(chain + "x".repeat(100_000))],
  [
    "breaks off",
    (_, response) => {
      response.writeHead(200, { "content-length": "100000" });
      response.write(chain, () => response.destroy());
    },
  ],
  [
    "sends elsewhere",
    ({ path }, response) => {
      if (path.endsWith("CERT-other")) response.end(chain);
      else response.writeHead(302, { location: sampleUrl.replace("sample", "other") }).end();
    },
  ],
];

test.each(faults)("answers 503 and never 401 where PayPal's host %s", async (_, answer) => {
  await open(answer);
  const { status, body, headers } = await post();
  expect([status, body.code]).toEqual([503, "KEYS_UNAVAILABLE"]);
  expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
  // Nor is it asked again at once.
  expect((await post()).status).toBe(503);
  expect(host.asked.length).toBe(1);
  await beside(gateway.store, async (engine) => expect(await allRequests(engine)).toEqual([]));
});

test("asks for a few unknown certificates of a client only, and keeps others from nothing", async () => {
  await open(({ path }, response) => {
    if (path.includes("forged")) response.writeHead(404).end();
    else response.end(chain);
  });
  const other = sampleUrl.replace("sample", "other");
  expect((await post()).status).toBe(200);
  for (let at = 0; at < 30; at += 1) {
    expect((await post({ url: sampleUrl.replace("sample", `forged-${at}`) })).status).toBe(503);
  }
  expect(host.asked.length).toBe(10);
  expect((await post()).status).toBe(200);
  expect((await post({ url: other })).status).toBe(503);
  expect((await post({ url: other, from: "198.51.100.1" })).status).toBe(200);
});

test("releases what was refused, by the certificate as of its arrival", async () => {
  await open(serve(chain));
  process.env["R_PAYPAL"] = webhookId;
  expect((await post({ id: "9XL90610J3647323C" })).status).toBe(401);
  await beside(gateway.store, async (engine) => {
    const [kept] = await until("the refused request", async () => {
      const list = await allRequests(engine, { outcome: "rejected" });
      return list.length === 1 && list;
    });
    const requestId = kept?.id ?? "";
    const keys = new KeyFetcher({ now: Date.now, secret: () => undefined, ...host.keys });
    const release = () => releaseRequest(engine, gateway.gateway, { requestId, keys });
    expect((await release()).kind).toBe("still-rejected");
    process.env["R_PAYPAL"] = "9XL90610J3647323C";
    expect(await release()).toMatchObject({ kind: "released", eventIds: [expect.any(String)] });
    // Both releases by one fetch, beside the gateway's own.
    expect(host.asked.length).toBe(2);
  });
});

const postback: PaypalOptions = {
  verify: "postback",
  clientId: secret("R_CLIENT_ID"),
  clientSecret: secret("R_CLIENT_SECRET"),
};

test("asks PayPal by a token that is kept, and takes another where that ended early", async () => {
  process.env["R_CLIENT_ID"] = "client";
  process.env["R_CLIENT_SECRET"] = "s3cret";
  let live = 1;
  let given = 0;
  await open(({ path, authorization, body }, response) => {
    if (path === "/v1/oauth2/token") {
      given += 1;
      response.end(JSON.stringify({ access_token: `token-${given}`, expires_in: 32_400 }));
    } else if (authorization !== `Bearer token-${live}`) {
      response.writeHead(401).end("{}");
    } else {
      const { webhook_id: id } = JSON.parse(body.toString());
      const isOurs = id === webhookId && body.includes('"amount":20.00}}');
      response.end(JSON.stringify({ verification_status: isOurs ? "SUCCESS" : "FAILURE" }));
    }
  }, postback);
  expect((await post()).status).toBe(200);
  expect((await post()).status).toBe(200);
  expect(given).toBe(1);
  live = 2;
  expect((await post()).status).toBe(200);
  expect(given).toBe(2);
  const [first] = host.asked;
  expect(first).toMatchObject({ method: "POST", host: "api-m.paypal.com" });
  expect(first?.authorization).toBe(`Basic ${Buffer.from("client:s3cret").toString("base64")}`);
  expect(String(first?.body)).toBe("grant_type=client_credentials");
});

test("asks once more where a kept connection has ended, as one does while a function stands still", async () => {
  process.env["R_CLIENT_ID"] = "client";
  process.env["R_CLIENT_SECRET"] = "s3cret";
  await open(({ path }, response) => {
    if (path === "/v1/oauth2/token") {
      response.end(JSON.stringify({ access_token: "t", expires_in: 32_400 }));
    } else if (host.asked.length === 3) {
      response.socket?.destroy();
    } else {
      response.end(JSON.stringify({ verification_status: "SUCCESS" }));
    }
  }, postback);
  expect((await post()).status).toBe(200);
  expect((await post()).status).toBe(200);
  expect(host.asked.map(({ path }) => path.split("/").at(-1))).toEqual([
    "token",
    ...Array(3).fill("verify-webhook-signature"),
  ]);
});

test("answers 401 where PayPal says no, and 503 where it says nothing", async () => {
  process.env["R_CLIENT_ID"] = "client";
  process.env["R_CLIENT_SECRET"] = "s3cret";
  let status = 200;
  await open(({ path }, response) => {
    const isToken = path === "/v1/oauth2/token";
    const answer = isToken
      ? { access_token: "t", expires_in: 32_400 }
      : { verification_status: "FAILURE" };
    response.writeHead(isToken ? 200 : status).end(JSON.stringify(answer));
  }, postback);
  expect((await post()).body.code).toBe("INVALID_SIGNATURE");
  status = 500;
  expect((await post()).body.code).toBe("KEYS_UNAVAILABLE");
});
