/** Senders whose keys are fetched, through a whole gateway: from pinned hosts, kept, asked for anew, and missed. */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { releaseRequest } from "../../src/app/operate.ts";
import { type Provider, secret } from "../../src/core/define.ts";
import { KeyFetcher } from "../../src/net/key-fetcher.ts";
import {
  awsSns,
  azureEventgrid,
  azureEventgridEntra,
  ebay,
  gcpPubsub,
  kinde,
  plaid,
} from "../../src/providers/index.ts";
import { makePublicJws } from "../../src/providers/schemes/jws.ts";
import { expectRefusal } from "../support/answering.ts";
import { type LocalGateway, runHere } from "../support/in-process.ts";
import { allRequests, beside } from "../support/kept.ts";
import { type Asked, openPaypalHost, type PaypalHost, pem } from "../support/paypal-host.ts";
import { exchangeOnce, type RawAnswer } from "../support/raw-http.ts";
import { until } from "../support/until.ts";

type Serve = (asked: Asked, response: ServerResponse) => void;

const ec = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
const ecPem = ec.privateKey.export({ format: "pem", type: "pkcs8" }).toString();
const ecJwk = { ...ec.publicKey.export({ format: "jwk" }), kid: "sample" };
const rsaPem = pem("own-key");
const rsaJwk = { ...createPublicKey(rsaPem).export({ format: "jwk" }), kid: "sample" };
const jwks = (...keys: object[]): string => JSON.stringify({ keys });

const audience = "https://gateway.example.com/pubsub";
const topic = "arn:aws:sns:us-east-1:123456789012:orders";
const account = "push@example.iam.gserviceaccount.com";
const secretsOf = {
  F_AUDIENCE: audience,
  F_PLAID: "api-secret",
  F_DEAD: "dead-secret",
  F_KINDE: "https://example.kinde.com",
  F_EBAY: "verification-token",
  F_ID: "app-id",
  F_APP: "app-secret",
  F_TOPIC: topic,
};

let host: PaypalHost;
let gateway: LocalGateway;

afterEach(async () => {
  await gateway.end();
  await host.close();
});

async function open(answer: Serve, over: Readonly<Record<string, string>> = {}): Promise<void> {
  host = await openPaypalHost(answer, { root: "senders", server: "senders" });
  Object.assign(process.env, secretsOf, over);
  const ids = { clientId: secret("F_ID"), clientSecret: secret("F_APP") };
  gateway = await runHere(
    {
      publicUrl: "https://gateway.example.com",
      sources: {
        pubsub: gcpPubsub({
          path: "/pubsub",
          secrets: [secret("F_AUDIENCE")],
          serviceAccount: account,
        }),
        plaid: plaid({ path: "/plaid", secrets: [secret("F_PLAID")], clientId: "client" }),
        rotated: plaid({
          path: "/rotated",
          secrets: [secret("F_DEAD"), secret("F_PLAID"), secret("F_APP")],
          clientId: "client",
        }),
        kinde: kinde({ path: "/kinde", secrets: [secret("F_KINDE")] }),
        ebay: ebay({ path: "/ebay", secrets: [secret("F_EBAY")], ...ids }),
        sns: awsSns({ path: "/sns", secrets: [secret("F_TOPIC")] }),
        grid: azureEventgrid({ path: "/grid", secrets: [secret("F_APP")] }),
        entra: azureEventgridEntra({
          path: "/entra",
          secrets: [secret("F_AUDIENCE")],
          tenantId: "8eaef023-2b34-4da1-9baa-8bc8c9d6a490",
        }),
        open: awsSns({ path: "/open", unsigned: true, secrets: [] }),
      },
      destinations: {},
      routes: [],
    },
    undefined,
    { keys: host.keys },
  );
}

let sent = 0;

function post(provider: unknown, path: string, by: string, body?: string): Promise<RawAnswer> {
  sent += 1;
  const options = { serviceAccount: account, clientId: "client" };
  const { sign } = provider as Provider;
  const given = Buffer.from(body ?? `{"type":"user.created","event_id":"e${sent}"}`);
  const now = Date.now();
  const signed = sign({ body: given, secret: by, now, options, id: `m${sent}`, type: "x" });
  return exchangeOnce(gateway.port, { path, headers: signed.headers, body: signed.body ?? given });
}

const serve =
  (text: string): Serve =>
  (_, response) => {
    response.end(text);
  };

describe("a set of keys", () => {
  const asPubsub = () => post(gcpPubsub, "/pubsub", `${audience}\n${rsaPem}`);

  test("is fetched once, from its one address, and kept (Pub/Sub)", async () => {
    await open(serve(jwks(rsaJwk)));
    const answers = await Promise.all([asPubsub(), asPubsub(), asPubsub()]);
    answers.push(await asPubsub());
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(host.asked.map(({ method, host: name, path }) => [method, name, path])).toEqual([
      ["GET", "www.googleapis.com", "/oauth2/v3/certs"],
    ]);
  });

  test("holds audience and account of a token against the source", async () => {
    await open(serve(jwks(rsaJwk)));
    const elsewhere = await post(gcpPubsub, "/pubsub", `https://elsewhere.example/\n${rsaPem}`);
    expectRefusal(elsewhere, 401, "INVALID_SIGNATURE");
    const claims = { aud: audience, iss: "https://accounts.google.com", email_verified: true };
    const of = (more: object) =>
      exchangeOnce(gateway.port, {
        path: "/pubsub",
        headers: {
          Authorization: `Bearer ${makePublicJws("RS256", createPrivateKey(rsaPem), { keyId: "sample", claims: { ...claims, ...more } })}`,
        },
        body: "{}",
      });
    const exp = Math.floor(Date.now() / 1000) + 600;
    expect((await of({ exp, email: account })).status).toBe(200);
    expectRefusal(await of({ exp, email: "another@example.com" }), 401, "INVALID_SIGNATURE");
    expectRefusal(await of({ exp, email: account, iss: "x" }), 401, "INVALID_SIGNATURE");
    expectRefusal(await of({ exp: 1, email: account }), 401, "TIMESTAMP_TOO_OLD");
    expectRefusal(await of({ email: account }), 401, "INVALID_FORMAT");
  });

  test("that can't be had is our fault: 503, and not asked again at once", async () => {
    await open((_, response) =>
      response.writeHead(302, { location: "https://www.googleapis.com/other" }).end(),
    );
    expectRefusal(await asPubsub(), 503, "KEYS_UNAVAILABLE");
    expectRefusal(await asPubsub(), 503, "KEYS_UNAVAILABLE");
    expect(host.asked.length).toBe(1);
  });

  test("of another algorithm than the provider's is never used", async () => {
    await open(serve(jwks({ ...rsaJwk, kid: "sample" })));
    const head = Buffer.from('{"alg":"none","kid":"sample"}').toString("base64url");
    const claims = Buffer.from(JSON.stringify({ aud: audience })).toString("base64url");
    for (const token of [`${head}.${claims}.`, `${head}.${claims}.AAAA`]) {
      const headers = { Authorization: `Bearer ${token}` };
      const answer = await exchangeOnce(gateway.port, { path: "/pubsub", headers, body: "{}" });
      expectRefusal(answer, 401, "INVALID_FORMAT");
    }
    expect(host.asked).toEqual([]);
  });

  test("of the business is the one that judges a body that is a token (Kinde)", async () => {
    await open(({ path }, response) => response.end(path.endsWith("/jwks") ? jwks(rsaJwk) : "{}"));
    const answer = await post(kinde, "/kinde", `x\n${rsaPem}`);
    expect([answer.status, JSON.parse(answer.body).eventId]).toEqual([200, `e${sent}`]);
    expect(host.asked.map(({ host: name, path }) => name + path)).toEqual([
      "example.kinde.com/.well-known/jwks",
    ]);
    const other = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
    const pkcs8 = other.export({ format: "pem", type: "pkcs8" }).toString();
    expectRefusal(await post(kinde, "/kinde", `x\n${pkcs8}`), 401, "INVALID_SIGNATURE");
  });
});

describe("when a set is asked for anew", () => {
  const url = "https://www.googleapis.com/oauth2/v3/certs";
  const ask = (keyId: string) => [{ kind: "keys", name: url, url, keyId } as const];

  test("is for an unknown key id, at most once a minute; and after an hour", async () => {
    let ids = ["a"];
    await open((_, response) => response.end(jwks(...ids.map((kid) => ({ ...rsaJwk, kid })))));
    let now = 1_700_000_000_000;
    const fetcher = new KeyFetcher({ now: () => now, secret: () => undefined, ...host.keys });
    const idsFor = async (keyId: string) => {
      const text = (await fetcher.fetch(ask(keyId), "192.0.2.1")).found.get(url) ?? "";
      return (JSON.parse(text) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);
    };
    expect(await idsFor("a")).toEqual(["a"]);
    ids = ["a", "b"];
    for (let at = 0; at < 20; at += 1) expect(await idsFor(`forged-${at}`)).toEqual(["a"]);
    expect(host.asked.length).toBe(1);
    now += 60_000;
    expect(await idsFor("b")).toEqual(["a", "b"]);
    expect(host.asked.length).toBe(2);
    now += 3_599_000;
    expect(await idsFor("a")).toEqual(["a", "b"]);
    expect(host.asked.length).toBe(2);
    now += 1_000;
    ids = ["c"];
    expect(await idsFor("a")).toEqual(["c"]);
    expect(host.asked.length).toBe(3);
  });

  test("and its address is away, the kept one is used for a day", async () => {
    let isAway = false;
    await open((_, response) => {
      if (isAway) response.writeHead(500).end();
      else response.end(jwks(rsaJwk));
    });
    let now = 1_700_000_000_000;
    const fetcher = new KeyFetcher({ now: () => now, secret: () => undefined, ...host.keys });
    const fetchOne = () => fetcher.fetch(ask("sample"), "192.0.2.1");
    await fetchOne();
    isAway = true;
    now += 3_600_000;
    expect((await fetchOne()).found.get(url)).toBe(jwks(rsaJwk));
    now += 86_400_000 - 3_600_000;
    await expect(fetchOne()).rejects.toThrow("it answered 500");
  });
});

describe("one key by its id", () => {
  test("is asked for with the secret of the API, once (Plaid)", async () => {
    await open(serve(JSON.stringify({ key: ecJwk })));
    expect((await post(plaid, "/plaid", ecPem)).status).toBe(200);
    expect((await post(plaid, "/plaid", ecPem)).status).toBe(200);
    expect(host.asked.map(({ host: name, path, body }) => [name, path, body.toString()])).toEqual([
      [
        "production.plaid.com",
        "/webhook_verification_key/get",
        '{"client_id":"client","secret":"api-secret","key_id":"sample"}',
      ],
    ]);
  });

  test("is asked for with each live secret until one gives it, and is kept (Plaid)", async () => {
    await open(({ body }, response) => {
      const { secret: by } = JSON.parse(body.toString()) as { readonly secret: string };
      if (by === "dead-secret") response.writeHead(400).end('{"error_code":"INVALID_API_KEYS"}');
      else response.end(JSON.stringify({ key: ecJwk }));
    });
    expect((await post(plaid, "/rotated", ecPem)).status).toBe(200);
    expect((await post(plaid, "/rotated", ecPem)).status).toBe(200);
    expect(host.asked.map(({ body }) => JSON.parse(body.toString()).secret)).toEqual([
      "dead-secret",
      "api-secret",
    ]);
  });

  test("that no live secret gives is not asked for again at once (Plaid)", async () => {
    await open((_, response) => response.writeHead(400).end());
    expectRefusal(await post(plaid, "/rotated", ecPem), 503, "KEYS_UNAVAILABLE");
    expectRefusal(await post(plaid, "/rotated", ecPem), 503, "KEYS_UNAVAILABLE");
    expect(host.asked.length).toBe(3);
  });

  test("that has ended signs nothing younger (Plaid)", async () => {
    await open(serve(JSON.stringify({ key: { ...ecJwk, expired_at: 1_600_000_000 } })));
    expectRefusal(await post(plaid, "/plaid", ecPem), 401, "INVALID_SIGNATURE");
  });

  test("is asked for with a token of the application (eBay), and its published vectors are judged right", async () => {
    const file = new URL("../oracle/ebay.json", import.meta.url);
    const { key, vectors } = JSON.parse(readFileSync(file, "utf8")) as {
      readonly key: string;
      readonly vectors: readonly {
        readonly body: string;
        readonly signature: string;
        readonly expected: "valid" | "invalid";
      }[];
    };
    await open(({ path }, response) =>
      response.end(
        path.endsWith("/token")
          ? '{"access_token":"app-token","expires_in":7200}'
          : JSON.stringify({ key, algorithm: "ECDSA", digest: "SHA1" }),
      ),
    );
    for (const { body, signature, expected } of vectors) {
      const headers = { "X-EBAY-SIGNATURE": signature };
      const { status } = await exchangeOnce(gateway.port, { path: "/ebay", headers, body });
      expect(status).toBe(expected === "valid" ? 200 : 401);
    }
    const [forToken, forKey, ...more] = host.asked;
    expect(forToken?.body.toString()).toBe(
      "grant_type=client_credentials&scope=https%3A%2F%2Fapi.ebay.com%2Foauth%2Fapi_scope",
    );
    expect([forKey?.host, forKey?.authorization]).toEqual(["api.ebay.com", "Bearer app-token"]);
    expect(forKey?.path).toMatch(/^\/commerce\/notification\/v1\/public_key\/[\w-]+$/);
    expect(more).toEqual([]);
  });

  test("that nobody knows is asked for ten times a minute by a client, no more", async () => {
    await open((_, response) => response.writeHead(400).end());
    const claims = { iat: Math.floor(Date.now() / 1000), request_body_sha256: sha256("{}") };
    for (let at = 0; at < 30; at += 1) {
      const token = makePublicJws("ES256", ec.privateKey, { keyId: `forged-${at}`, claims });
      const headers = { "Plaid-Verification": token };
      const answer = await exchangeOnce(gateway.port, { path: "/plaid", headers, body: "{}" });
      expectRefusal(answer, 503, "KEYS_UNAVAILABLE");
    }
    expect(host.asked.length).toBe(10);
  });
});

describe("a request that was refused", () => {
  const other = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const otherSpki = other.publicKey.export({ format: "pem", type: "spki" }).toString();
  const spki = ec.publicKey.export({ format: "pem", type: "spki" }).toString();
  const keyed = (key: unknown): string => JSON.stringify({ key, access_token: "t" });
  const single = jwks(rsaJwk);

  test.each([
    ["pubsub", gcpPubsub, `${audience}\n${rsaPem}`, "F_AUDIENCE", single, single],
    ["sns", awsSns, `${topic}\n${rsaPem}`, "F_TOPIC", pem("senders"), pem("senders")],
    ["kinde", kinde, `https://example.kinde.com\n${rsaPem}`, undefined, jwks(), single],
    [
      "plaid",
      plaid,
      ecPem,
      undefined,
      keyed(other.publicKey.export({ format: "jwk" })),
      keyed(ecJwk),
    ],
    ["ebay", ebay, ecPem, undefined, keyed(otherSpki), keyed(spki)],
  ] as const)(
    "is released once secret and key are right (%s)",
    async (name, provider, by, variable, before, after) => {
      let served: string = before;
      const wrong = variable === undefined ? {} : { [variable]: "https://another.example" };
      await open((_, response) => response.end(served), wrong);
      expectRefusal(await post(provider, `/${name}`, by), 401, "INVALID_SIGNATURE");
      await beside(gateway.store, async (engine) => {
        const kept = await until(
          "the refused request",
          async () => (await allRequests(engine, { outcome: "rejected" }))[0],
        );
        const secretOf = ({ name: of }: { readonly name: string }) => ({
          name: of,
          value: process.env[of] ?? "",
        });
        const release = () => {
          const keys = new KeyFetcher({ now: Date.now, secret: secretOf, ...host.keys });
          return releaseRequest(engine, gateway.gateway, { requestId: kept.id, keys });
        };
        expect(await release()).toMatchObject({ kind: "still-rejected" });
        Object.assign(process.env, secretsOf);
        served = after;
        expect(await release()).toMatchObject({ kind: "released", eventIds: [expect.any(String)] });
      });
    },
  );
});

describe("a confirmation by a visit (SNS)", () => {
  const confirm =
    "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=x&Token=2336";
  const asking = (url: string, arn = topic): string =>
    JSON.stringify({
      Type: "SubscriptionConfirmation",
      Token: "2336",
      Message: "You have chosen to subscribe",
      SubscribeURL: url,
      TopicArn: arn,
    });
  const by = `${topic}\n${rsaPem}`;
  const serveSns: Serve = ({ path }, response) =>
    response.end(path.endsWith(".pem") ? pem("senders") : "<ok/>");
  const visits = () => host.asked.filter(({ path }) => path.startsWith("/?"));

  test("is made for a topic of the source, with nothing kept", async () => {
    await open(serveSns);
    const answer = await post(awsSns, "/sns", by, asking(confirm));
    expect([answer.status, answer.body]).toEqual([200, ""]);
    expect(visits().map(({ host: name, path }) => `https://${name}${path}`)).toEqual([confirm]);
    const event = await post(awsSns, "/sns", by, "hello");
    expect(JSON.parse(event.body).eventId).toBe(`m${sent}`);
  });

  test("is made for no other topic, no other address and nothing unsigned", async () => {
    await open(serveSns);
    const others = "arn:aws:sns:us-east-1:999999999999:planted";
    const foreign = await post(awsSns, "/sns", by, asking(confirm, others));
    expectRefusal(foreign, 401, "INVALID_SIGNATURE");
    for (const url of [
      "https://evil.example/?Action=ConfirmSubscription&x=1",
      "https://sns.us-east-1.amazonaws.com.evil.example/?Action=ConfirmSubscription&x=1",
      "http://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&x=1",
      "https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe&x=1",
      "https://x@sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&x=1",
    ]) {
      expectRefusal(await post(awsSns, "/sns", by, asking(url)), 401, "INVALID_FORMAT");
    }
    await exchangeOnce(gateway.port, { path: "/sns", body: asking(confirm) });
    await exchangeOnce(gateway.port, { path: "/open", body: asking(confirm) });
    expect(visits()).toEqual([]);
  });

  test("that fails is not answered as done", async () => {
    await open(({ path }, response) => {
      if (path.endsWith(".pem")) response.end(pem("senders"));
      else response.writeHead(302, { location: "https://sns.us-east-1.amazonaws.com/done" }).end();
    });
    expectRefusal(await post(awsSns, "/sns", by, asking(confirm)), 503, "KEYS_UNAVAILABLE");
  });
});

test("a validation of Event Grid is answered to who has a token of Entra ID", async () => {
  await open(serve(jwks(rsaJwk)));
  const eventType = "Microsoft.EventGrid.SubscriptionValidationEvent";
  const asking = JSON.stringify([{ id: "1", eventType, data: { validationCode: "512d38b6" } }]);
  const options = { tenantId: "8eaef023-2b34-4da1-9baa-8bc8c9d6a490" };
  const { sign } = azureEventgridEntra;
  const given = { body: Buffer.from(asking), now: Date.now(), options, id: "1", type: "x" };
  const { headers } = sign({ ...given, secret: `${audience}\n${rsaPem}` });
  const answer = await exchangeOnce(gateway.port, { path: "/entra", headers, body: asking });
  expect([answer.status, answer.body]).toEqual([200, '{"validationResponse":"512d38b6"}']);
  expect(host.asked.map(({ host: name, path }) => [name, path])).toEqual([
    ["login.microsoftonline.com", `/${options.tenantId}/discovery/v2.0/keys`],
  ]);
  const bare = await exchangeOnce(gateway.port, { path: "/entra", body: asking });
  expectRefusal(bare, 401, "MISSING_SIGNATURE");
});

describe("a validation by a visit (Event Grid)", () => {
  const address =
    "https://rp-eastus2.eventgrid.azure.net:553/eventsubscriptions/orders/validate?id=1&token=2";
  const ask = (data: object, token = "app-secret") => {
    const eventType = "Microsoft.EventGrid.SubscriptionValidationEvent";
    const body = JSON.stringify([{ id: "1", eventType, data }]);
    return exchangeOnce(gateway.port, { path: `/grid?token=${token}`, body });
  };

  test("is made where there is no code to echo, for who has the token, to Azure alone", async () => {
    await open(serve("Webhook successfully validated"));
    const echoed = await ask({ validationCode: "512d38b6", validationUrl: address });
    expect([echoed.status, echoed.body]).toEqual([200, '{"validationResponse":"512d38b6"}']);
    expect(host.asked).toEqual([]);
    const visited = await ask({ validationUrl: address });
    expect([visited.status, visited.body]).toEqual([200, ""]);
    expect(host.asked.map(({ method, host: name, path }) => [method, name, path])).toEqual([
      [
        "GET",
        "rp-eastus2.eventgrid.azure.net:553",
        "/eventsubscriptions/orders/validate?id=1&token=2",
      ],
    ]);
    expectRefusal(await ask({ validationUrl: address }, "wrong"), 401, "INVALID_SIGNATURE");
    for (const planted of [
      "https://rp-x.eventgrid.azure.net.evil.example/eventsubscriptions/x",
      "https://evil.example/rp-x.eventgrid.azure.net:553/eventsubscriptions/x",
      "http://rp-x.eventgrid.azure.net:553/eventsubscriptions/x",
      "https://rp-x.eventgrid.azure.net:80/eventsubscriptions/x",
    ]) {
      expectRefusal(await ask({ validationUrl: planted }), 401, "INVALID_FORMAT");
    }
    expect(host.asked).toHaveLength(1);
  });
});

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
