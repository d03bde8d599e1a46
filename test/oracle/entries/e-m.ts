/** Senders from E to M. */
import { createSecretKey, randomUUID } from "node:crypto";
import { type Entry, load, type Sent } from "../oracle.ts";

/** The SDKs of senders from E to M. */
export const fromEToM: readonly Entry[] = [
  {
    provider: "easypost",
    sdk: "@easypost/api@8.9.0",
    accepts: ({ body, headers, secret }) => {
      const { default: EasyPost = load("@easypost/api") } = load("@easypost/api");
      return new EasyPost("none").Utils.validateWebhook(Buffer.from(body), headers, secret);
    },
  },
  {
    provider: "elevenlabs",
    sdk: "@elevenlabs/elevenlabs-js@2.73.0",
    accepts: async ({ body, headers, secret }) => {
      const { ElevenLabsClient } = load("@elevenlabs/elevenlabs-js");
      const { webhooks } = new ElevenLabsClient({ apiKey: randomUUID() });
      await webhooks.constructEvent(body, headers["elevenlabs-signature"], secret);
    },
  },
  {
    provider: "fathom",
    sdk: "fathom-typescript@0.0.37",
    accepts: ({ body, headers, secret }) =>
      load("fathom-typescript").Fathom.verifyWebhook(secret, headers, body),
  },
  {
    provider: "finch",
    sdk: "@tryfinch/finch-api@10.7.0",
    accepts: ({ body, headers, secret }) => finch().webhooks.verifySignature(body, headers, secret),
    signs: ({ body, secret, now }) => {
      const { webhooks } = finch();
      const timestamp = new Date(now);
      const given = { eventId: "evt_1", timestamp, secret: webhooks.parseSecret(secret) };
      return {
        "finch-event-id": "evt_1",
        "finch-timestamp": String(now / 1000),
        "finch-signature": webhooks.signPayload(body, given),
      };
    },
  },
  {
    provider: "fingerprint",
    sdk: "@fingerprintjs/fingerprintjs-pro-server-api@6.13.1",
    accepts: ({ body, headers, secret }) => {
      const { isValidWebhookSignature } = load("@fingerprintjs/fingerprintjs-pro-server-api");
      const header = headers["fpjs-event-signature"];
      return isValidWebhookSignature({ header, data: Buffer.from(body), secret });
    },
  },
  {
    provider: "github",
    sdk: "@octokit/webhooks-methods@6.0.0",
    accepts: ({ body, headers, secret }) =>
      octokit().verify(secret, body, headers["x-hub-signature-256"]),
    signs: async ({ body, secret }) => ({
      "x-hub-signature-256": await octokit().sign(secret, body),
    }),
  },
  {
    provider: "gocardless",
    sdk: "gocardless-nodejs@10.1.2",
    accepts: ({ body, headers, secret }) =>
      load("gocardless-nodejs").verifySignature(body, secret, headers["webhook-signature"]),
  },
  {
    provider: "gr4vy",
    sdk: "@gr4vy/sdk@1.10.18",
    accepts: ({ body, headers, secret }) =>
      load("@gr4vy/sdk").verifyWebhook(
        body,
        secret,
        headers["x-gr4vy-webhook-signatures"],
        headers["x-gr4vy-webhook-timestamp"],
        300,
      ),
  },
  {
    provider: "hookdeck",
    sdk: "@hookdeck/sdk@0.4.0",
    accepts: async ({ body, headers, secret }) => {
      const { verifyWebhookSignature } = load("@hookdeck/sdk/webhooks/helpers");
      const given = { headers, rawBody: body, signingSecret: secret };
      return (await verifyWebhookSignature(given)).isValidSignature;
    },
  },
  {
    provider: "hubspot",
    sdk: "@hubspot/api-client@13.5.0",
    accepts: ({ body, headers, secret, url }) =>
      load("@hubspot/api-client").Signature.isValid({
        signatureVersion: "v3",
        signature: headers["x-hubspot-signature-v3"],
        timestamp: Number(headers["x-hubspot-request-timestamp"]),
        clientSecret: secret,
        requestBody: body,
        url,
      }),
    signs: ({ body, secret, url, now }) => ({
      "x-hubspot-request-timestamp": String(now),
      "x-hubspot-signature-v3": load("@hubspot/api-client").Signature.getSignature("POST", "v3", {
        timestamp: now,
        clientSecret: secret,
        requestBody: body,
        url,
      }),
    }),
  },
  hubspot("hubspot-v1", "v1"),
  hubspot("hubspot-v2", "v2"),
  {
    provider: "imagekit",
    sdk: "imagekit@6.0.0",
    ageless: true,
    accepts: ({ body, headers, secret }) => {
      const ImageKit = load("imagekit");
      const keys = { publicKey: "none", privateKey: "none", urlEndpoint: "https://img.example" };
      new ImageKit(keys).verifyWebhookEvent(body, headers["x-ik-signature"], secret);
    },
  },
  {
    provider: "increase",
    sdk: "increase@0.583.0",
    accepts: ({ body, headers, secret: key }) => {
      const { default: Increase } = load("increase");
      return new Increase({ apiKey: "none" }).events.unwrap(body, { headers, key });
    },
  },
  {
    provider: "jira-connect",
    sdk: "atlassian-jwt@2.0.3",
    accepts: ({ headers, secret, url }) => {
      const jwt = load("atlassian-jwt");
      const token = headers["authorization"]?.replace("JWT ", "");
      const { qsh, exp } = jwt.decodeSymmetric(token, secret, "HS256");
      const made = jwt.createQueryStringHash(jwt.fromMethodAndUrl("POST", url), false);
      return qsh === made && exp * 1000 > Date.now();
    },
    signs: ({ secret, url, now }) => {
      const jwt = load("atlassian-jwt");
      const qsh = jwt.createQueryStringHash(jwt.fromMethodAndUrl("POST", url), false);
      const claims = { iss: "jira", iat: now / 1000, exp: now / 1000 + 180, qsh };
      return { authorization: `JWT ${jwt.encodeSymmetric(claims, secret, "HS256")}` };
    },
  },
  {
    provider: "kontent-ai",
    sdk: "@kontent-ai/webhook-helper@3.0.3",
    accepts: ({ body, headers, secret }) =>
      load("@kontent-ai/webhook-helper").signatureHelper.isValidSignatureFromString(
        body,
        secret,
        headers["x-kontent-ai-signature"],
      ),
    signs: ({ body, secret }) => {
      const { signatureHelper } = load("@kontent-ai/webhook-helper");
      return { "x-kontent-ai-signature": signatureHelper.getHashFromString(body, secret) };
    },
  },
  {
    provider: "line",
    sdk: "@line/bot-sdk@11.0.0",
    accepts: ({ body, headers, secret }) =>
      load("@line/bot-sdk").validateSignature(body, secret, headers["x-line-signature"]),
  },
  {
    provider: "linear",
    sdk: "@linear/sdk@98.0.0",
    accepts: ({ body, headers, secret }) => {
      const { LinearWebhookClient } = load("@linear/sdk/webhooks");
      const client = new LinearWebhookClient(secret);
      return client.verify(Buffer.from(body), headers["linear-signature"]);
    },
  },
  {
    provider: "lithic",
    sdk: "lithic@0.145.0",
    accepts: ({ body, headers, secret }) => {
      const { default: Lithic } = load("lithic");
      return new Lithic({ apiKey: "none" }).webhooks.unwrap(body, headers, secret);
    },
  },
  {
    provider: "liveblocks",
    sdk: "@liveblocks/node@3.24.2",
    fields: { type: "storageUpdated", data: {} },
    accepts: ({ body, headers, secret }) => {
      const { WebhookHandler } = load("@liveblocks/node");
      return new WebhookHandler(secret).verifyRequest({ headers, rawBody: body });
    },
  },
  {
    provider: "livekit",
    sdk: "livekit-server-sdk@2.19.2",
    given: () => ({ options: { apiKey: "key" } }),
    accepts: async ({ body, headers, secret }) => {
      const { WebhookReceiver } = load("livekit-server-sdk");
      await new WebhookReceiver("key", secret).receive(body, headers["authorization"]);
    },
    signs: async ({ body, secret }) => {
      const { AccessToken } = load("livekit-server-sdk");
      const digest = await crypto.subtle.digest("SHA-256", Buffer.from(body));
      const token = new AccessToken("key", secret);
      token.sha256 = Buffer.from(digest).toString("base64");
      return { authorization: await token.toJwt() };
    },
  },
  {
    provider: "memberstack",
    sdk: "@memberstack/admin@1.7.0",
    blindTo: "spaces",
    accepts: ({ body, headers, secret }) => {
      const capitals = Object.entries(headers).map(([name, text]) => [name.toUpperCase(), text]);
      const given = { headers: Object.fromEntries(capitals), payload: JSON.parse(body), secret };
      return load("@memberstack/admin").default.init("sk_none").verifyWebhookSignature(given);
    },
  },
  {
    provider: "mercado-pago",
    sdk: "mercadopago@3.6.1",
    accepts: ({ query, headers, secret }) => {
      load("mercadopago").WebhookSignatureValidator.validate({
        xSignature: headers["x-signature"],
        xRequestId: headers["x-request-id"],
        dataId: query.get("data.id"),
        secret,
        toleranceSeconds: 300,
      });
    },
  },
  {
    provider: "messagebird",
    sdk: "messagebird@4.0.1",
    accepts: async ({ url, body, headers, secret }) => {
      const { verify, VerifyOptions } = load("messagebird/lib/webhook-signature-jwt.js");
      const key = createSecretKey(Buffer.from(secret, "utf8"));
      const jwt = headers["messagebird-signature-jwt"];
      const now = { ...new VerifyOptions().jwtVerifyOptions, currentDate: new Date() };
      await verify(url, Buffer.from(body), jwt, key, new VerifyOptions(true, true, now));
    },
  },
  {
    provider: "modern-treasury",
    sdk: "modern-treasury@3.3.0",
    accepts: ({ body, headers, secret }) =>
      modernTreasury().validateSignature(body, headers["x-signature"], { key: secret }),
    signs: ({ body, secret }) => ({
      "x-signature": modernTreasury().getSignature(body, { key: secret }),
    }),
  },
  {
    provider: "mux",
    sdk: "@mux/mux-node@15.3.0",
    accepts: async ({ body, headers, secret }) => {
      const { default: Mux } = load("@mux/mux-node");
      const { webhooks } = new Mux({ tokenId: "none", tokenSecret: "none" });
      await webhooks.verifySignature(body, headers, secret);
    },
  },
];

function finch() {
  const { default: Finch } = load("@tryfinch/finch-api");
  return new Finch({ accessToken: "none" });
}

/** It has no entry for `require`. */
function octokit() {
  return load("./node_modules/@octokit/webhooks-methods/dist-node/index.js");
}

function modernTreasury() {
  const { default: ModernTreasury } = load("modern-treasury");
  return new ModernTreasury({ apiKey: "none", organizationID: "none" }).webhooks;
}

function hubspot(provider: string, version: "v1" | "v2"): Entry {
  const options = ({ secret, body, url }: Pick<Sent, "secret" | "body" | "url">) => ({
    clientSecret: secret,
    requestBody: body,
    url,
  });
  return {
    provider,
    sdk: "@hubspot/api-client@13.5.0",
    accepts: (sent) =>
      load("@hubspot/api-client").Signature.isValid({
        signatureVersion: version,
        signature: sent.headers["x-hubspot-signature"],
        ...options(sent),
      }),
    signs: (given) => {
      const { Signature } = load("@hubspot/api-client");
      return {
        "x-hubspot-signature": Signature.getSignature("POST", version, options(given)),
      };
    },
  };
}
