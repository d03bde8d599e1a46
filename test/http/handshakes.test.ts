/** Each shape of handshake through a whole gateway, over a real socket; what it keeps is nothing. */
import { createHash, createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Provider, secret } from "../../src/core/define.ts";
import {
  asana,
  azureEventgrid,
  braintree,
  cloudevents,
  discord,
  dropbox,
  ebay,
  linkedin,
  meta,
  monday,
  msGraph,
  nylas,
  okta,
  providers,
  slack,
  trello,
  twitch,
  woocommerce,
  x,
  xero,
  zoom,
} from "../../src/providers/index.ts";
import { expectRefusal } from "../support/answering.ts";
import { type LocalGateway, runHere } from "../support/in-process.ts";
import { allRequests, beside } from "../support/kept.ts";
import { exchangeOnce, type RawAnswer, type requestBytes } from "../support/raw-http.ts";
import { discordKeys } from "../support/sender-keys.ts";

const key = "the_secret_of_these_tests";
const token = "verify-me";
const publicUrl = "https://gateway.example.com";

let gateway: LocalGateway;

beforeAll(async () => {
  process.env["H_SECRET"] = key;
  process.env["H_TOKEN"] = token;
  process.env["H_DISCORD"] = discordKeys.publicHex;
  const secrets = [secret("H_SECRET")];
  const at = (path: string) => ({ path, secrets });
  gateway = await runHere({
    publicUrl,
    sources: {
      asana: asana(at("/asana")),
      azure: azureEventgrid(at("/azure")),
      braintree: braintree({ ...at("/braintree"), publicKey: "pub" }),
      cloudevents: cloudevents(at("/cloudevents")),
      discord: discord({ path: "/discord", secrets: [secret("H_DISCORD")] }),
      dropbox: dropbox(at("/dropbox")),
      ebay: ebay({
        ...at("/ebay"),
        clientId: secret("H_TOKEN"),
        clientSecret: secret("H_TOKEN"),
      }),
      graph: msGraph(at("/graph")),
      linkedin: linkedin(at("/linkedin")),
      meta: meta({ ...at("/meta"), verifyToken: secret("H_TOKEN") }),
      monday: monday(at("/monday")),
      nylas: nylas(at("/shared")),
      okta: okta(at("/okta")),
      slack: slack(at("/slack")),
      trello: trello(at("/trello")),
      woo: woocommerce(at("/woo")),
      tokenless: meta(at("/tokenless")),
      twitch: twitch(at("/twitch")),
      x: x(at("/x")),
      xero: xero(at("/xero")),
      other: meta({ ...at("/shared"), verifyToken: secret("H_TOKEN") }),
      zoom: zoom(at("/zoom")),
    },
    destinations: {},
    routes: [],
  });
});

afterAll(async () => {
  await beside(gateway.store, async (engine) => {
    const kept = await allRequests(engine);
    // Of all that was accepted the two events are the whole.
    const accepted = kept.filter(({ outcome }) => outcome !== "rejected");
    expect(accepted.map(({ source }) => source).sort()).toEqual(["discord", "xero"]);
  });
  await gateway.end();
});

const send = (request: Parameters<typeof requestBytes>[0]) => exchangeOnce(gateway.port, request);
const get = (path: string, headers: Record<string, string> = {}) =>
  send({ method: "GET", path, headers });

/** What a provider signs, posted. */
function post(provider: unknown, path: string, body: string, headers: Record<string, string> = {}) {
  const { sign } = provider as Provider;
  const secretText = path === "/discord" ? discordKeys.privatePem : key;
  const signed = sign({
    body: Buffer.from(body),
    secret: secretText,
    now: Date.now(),
    options: {},
    id: "msg_1",
    type: "x",
    url: `${publicUrl}${path}`,
  });
  return send({
    path: signed.query === undefined ? path : `${path}?${signed.query}`,
    headers: { ...signed.headers, ...headers },
    body: signed.body ?? body,
  });
}

const hmac = (algorithm: string, text: string, by: string | Buffer = key) =>
  createHmac(algorithm, by).update(text);

function expectText(answer: RawAnswer, text: string): void {
  expect([answer.status, answer.body]).toEqual([200, text]);
  expect(answer.headers["content-type"]).toBe("text/plain; charset=utf-8");
  expect(answer.headers["x-content-type-options"]).toBe("nosniff");
}

function expectJson(answer: RawAnswer, value: unknown): void {
  expect([answer.status, JSON.parse(answer.body)]).toEqual([200, value]);
  expect(answer.headers["content-type"]).toBe("application/json");
}

describe("an echo", () => {
  test("of a query parameter is plain text, whatever it looks like (Dropbox)", async () => {
    expectText(await get("/dropbox?challenge=abc123"), "abc123");
    expectText(await get("/dropbox?challenge=%3Cscript%3E"), "<script>");
    expectRefusal(await get("/dropbox"), 405, "METHOD_NOT_ALLOWED");
    expectRefusal(await get("/dropbox?challenge=a%0d%0ab"), 401, "INVALID_FORMAT");
    expectRefusal(await get(`/dropbox?challenge=${"a".repeat(5000)}`), 401, "INVALID_FORMAT");
  });

  test("of a query parameter comes with POST too, decoded (Microsoft Graph)", async () => {
    const asked = await send({ path: "/graph?validationToken=Validation%3A+a%20b", body: "" });
    expectText(asked, "Validation: a b");
  });

  test("of a header (Okta)", async () => {
    const headers = { "X-Okta-Verification-Challenge": 'a"b' };
    expectJson(await get("/okta", headers), { verification: 'a"b' });
    expectRefusal(await get("/okta"), 405, "METHOD_NOT_ALLOWED");
  });

  test("of a field where the request is signed (Slack)", async () => {
    const body = '{"token":"t","challenge":"3eZb","type":"url_verification"}';
    expectText(await post(slack, "/slack", body), "3eZb");
    expectRefusal(await send({ path: "/slack", body }), 401, "MISSING_SIGNATURE");
    const old = { "X-Slack-Request-Timestamp": "1", "X-Slack-Signature": `v0=${"a".repeat(64)}` };
    expectRefusal(await send({ path: "/slack", body, headers: old }), 401, "TIMESTAMP_TOO_OLD");
  });

  test("of a field where the request can't be signed yet (monday.com)", async () => {
    expectJson(await send({ path: "/monday", body: '{"challenge":"x1"}' }), { challenge: "x1" });
    const event = '{"challenge":"x1","event":{"type":"update"}}';
    expectRefusal(await send({ path: "/monday", body: event }), 401, "MISSING_SIGNATURE");
  });

  test("of a field under another name, for who has the token (Event Grid)", async () => {
    const type = "Microsoft.EventGrid.SubscriptionValidationEvent";
    const body = `[{"eventType":"${type}","data":{"validationCode":"512d38b6"}}]`;
    expectJson(await send({ path: `/azure?token=${key}`, body }), {
      validationResponse: "512d38b6",
    });
    expectRefusal(await send({ path: "/azure?token=no", body }), 401, "INVALID_SIGNATURE");
  });

  test("of a field as text, told by a header (Twitch)", async () => {
    const type = { "Twitch-Eventsub-Message-Type": "webhook_callback_verification" };
    expectText(await post(twitch, "/twitch", '{"challenge":"pogchamp"}', type), "pogchamp");
  });
});

describe("a token", () => {
  const path = (mode: string, verify: string) =>
    `/meta?hub.mode=${mode}&hub.challenge=1158201444&hub.verify_token=${verify}`;

  test("must fit before the challenge is echoed (Meta)", async () => {
    expectText(await get(path("subscribe", token)), "1158201444");
    expectRefusal(await get(path("subscribe", "another")), 401, "INVALID_SIGNATURE");
    expectRefusal(await get(path("subscribe", "")), 401, "INVALID_SIGNATURE");
    expectRefusal(await get(path("other", token)), 405, "METHOD_NOT_ALLOWED");
  });

  test("that isn't configured never fits", async () => {
    const answer = await get(path("subscribe", "").replace("/meta", "/tokenless"));
    expectRefusal(answer, 401, "VERIFICATION_FAILED");
  });

  test("finds its source among others of the path by the challenge's name", async () => {
    expectText(await get(path("subscribe", token).replace("/meta", "/shared")), "1158201444");
    expectText(await get("/shared?challenge=n1"), "n1");
    expectRefusal(await get("/shared?nothing=1"), 405, "METHOD_NOT_ALLOWED");
  });
});

describe("a signed challenge", () => {
  test("of X is the HMAC in base64", async () => {
    const digest = hmac("sha256", "foo_BAR-1").digest("base64");
    expectJson(await get("/x?crc_token=foo_BAR-1"), { response_token: `sha256=${digest}` });
    expectRefusal(await get("/x?crc_token=%7B%7D"), 401, "INVALID_FORMAT");
  });

  test("of Zoom is the HMAC in hex, and only where the request is signed", async () => {
    const body = '{"event":"endpoint.url_validation","payload":{"plainToken":"qgg8vlvZRS"}}';
    expectJson(await post(zoom, "/zoom", body), {
      plainToken: "qgg8vlvZRS",
      encryptedToken: hmac("sha256", "qgg8vlvZRS").digest("hex"),
    });
    expectRefusal(await send({ path: "/zoom", body }), 401, "MISSING_SIGNATURE");
  });

  test("of Braintree is the HMAC by the hashed key, with the public key before it", async () => {
    const challenge = "20f9f8ed05f77439fe955c977e4c8a53";
    const hashed = createHash("sha1").update(key).digest();
    const digest = hmac("sha1", challenge, hashed).digest("hex");
    expectText(await get(`/braintree?bt_challenge=${challenge}`), `pub|${digest}`);
    expectRefusal(await get("/braintree?bt_challenge=zz"), 401, "INVALID_FORMAT");
  });

  test("of LinkedIn is the HMAC beside the challenge", async () => {
    const code = "890e4665-4dfe-4ab1-b689-ed553bceeed0";
    expectJson(await get(`/linkedin?challengeCode=${code}`), {
      challengeCode: code,
      challengeResponse: hmac("sha256", code).digest("hex"),
    });
  });
});

test("a hashed challenge is over challenge, token and address (eBay)", async () => {
  const made = createHash("sha256").update(`abc-1${key}${publicUrl}/ebay`).digest("hex");
  expectJson(await get("/ebay?challenge_code=abc-1"), { challengeResponse: made });
});

test("OPTIONS is answered with what is allowed (CloudEvents)", async () => {
  const answer = await send({
    method: "OPTIONS",
    path: "/cloudevents",
    headers: { "WebHook-Request-Origin": "eventemitter.example.com" },
  });
  expect(answer.status).toBe(200);
  expect(answer.headers).toMatchObject({
    allow: "POST",
    "webhook-allowed-origin": "eventemitter.example.com",
    "webhook-allowed-rate": "*",
  });
  const bare = await send({ method: "OPTIONS", path: "/cloudevents" });
  expectRefusal(bare, 405, "METHOD_NOT_ALLOWED");
  expect(bare.headers["allow"]).toBe("POST, OPTIONS");
});

describe("a fixed answer", () => {
  test("to a signed ping (Discord)", async () => {
    expectJson(await post(discord, "/discord", '{"type":1}'), { type: 1 });
    const ping = await post(discord, "/discord", '{"version":1,"type":0}');
    expect([ping.status, ping.headers["content-type"]]).toEqual([204, "application/json"]);
    expectRefusal(await send({ path: "/discord", body: '{"type":1}' }), 401, "MISSING_SIGNATURE");
    const event = '{"version":1,"type":1,"event":{"type":"APPLICATION_AUTHORIZED"}}';
    expect((await post(discord, "/discord", event)).body).toContain('"jobId"');
  });

  test("without a body to the intent to receive, and 401 where it is signed wrongly (Xero)", async () => {
    const body = '{"events":[],"lastEventSequence":0,"firstEventSequence":0,"entropy":"S0"}';
    const answer = await post(xero, "/xero", body);
    expect([answer.status, answer.body]).toEqual([200, ""]);
    const event = '{"events":[{}],"lastEventSequence":0,"firstEventSequence":0,"entropy":"S0"}';
    expect((await post(xero, "/xero", event)).status).toBe(200);
    const wrong = { "x-xero-signature": hmac("sha256", body, "other").digest("base64") };
    expectRefusal(await post(xero, "/xero", body, wrong), 401, "INVALID_SIGNATURE");
  });
});

test("a secret that is live is echoed, another is not while the source does not learn (Asana)", async () => {
  const shown = (value: string) =>
    send({ path: "/asana", headers: { "X-Hook-Secret": value }, body: "{}" });
  const known = await shown(key);
  expect([known.status, known.headers["x-hook-secret"]]).toEqual([200, key]);
  expectRefusal(await shown("planted-by-somebody"), 401, "MISSING_SIGNATURE");
});

test("a plain 200 to a first try without a signature (Trello, WooCommerce)", async () => {
  const head = await send({ method: "HEAD", path: "/trello" });
  expect([head.status, head.body]).toEqual([200, ""]);
  const tried = await send({ path: "/woo", body: "webhook_id=42" });
  expect([tried.status, tried.body]).toEqual([200, ""]);
  expectRefusal(await send({ path: "/woo", body: "webhook_id=42&x=1" }), 401, "MISSING_SIGNATURE");
});

test("is tried here or beside, for each provider that has one", () => {
  const here = gateway.gateway.sources.map(({ provider }) => provider.name);
  const all = providers.filter(({ handshake }) => handshake !== undefined);
  // Their tests need keys that are fetched, and secrets that are learned.
  const beside = ["aws-sns", "azure-eventgrid-entra", "jira-connect", "notion"];
  expect(new Set([...here, ...beside])).toEqual(new Set(all.map(({ name }) => name)));
});

test("an address gets sixty answers a minute", async () => {
  const answers: number[] = [];
  for (let at = 0; at < 62; at += 1) answers.push((await get("/shared?challenge=a")).status);
  expect(answers.filter((status) => status === 200).length).toBeLessThanOrEqual(60);
  expect(answers.at(-1)).toBe(429);
});
