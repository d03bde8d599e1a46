/** Senders from N to R. */
import { parse } from "node:querystring";
import { type Entry, load } from "../oracle.ts";

/** The SDKs of senders from N to R. */
export const fromNToR: readonly Entry[] = [
  {
    provider: "nango",
    sdk: "@nangohq/node@0.71.10",
    accepts: ({ body, headers, secret: secretKey }) => {
      const { Nango } = load("@nangohq/node");
      return new Nango({ secretKey }).verifyIncomingWebhookRequest(body, headers);
    },
  },
  {
    provider: "notion",
    sdk: "@notionhq/client@5.26.0",
    accepts: ({ body, headers, secret: verificationToken }) => {
      const signature = headers["x-notion-signature"];
      return load("@notionhq/client").verifyWebhookSignature({
        body,
        signature,
        verificationToken,
      });
    },
    signs: async ({ body, secret: verificationToken }) => {
      const { signWebhookPayload } = load("@notionhq/client");
      return { "x-notion-signature": await signWebhookPayload({ body, verificationToken }) };
    },
  },
  {
    provider: "onfido",
    sdk: "@onfido/api@6.2.0",
    accepts: ({ body, headers, secret }) => {
      const { WebhookEventVerifier } = load("@onfido/api");
      return new WebhookEventVerifier(secret).readPayload(body, headers["x-sha2-signature"]);
    },
  },
  {
    provider: "openai",
    sdk: "openai@6.49.0",
    accepts: async ({ body, headers, secret }) => {
      const { default: OpenAI } = load("openai");
      await new OpenAI({ apiKey: "none" }).webhooks.verifySignature(body, headers, secret);
    },
  },
  {
    provider: "paddle",
    sdk: "@paddle/paddle-node-sdk@3.10.0",
    accepts: ({ body, headers, secret }) => {
      const { Paddle } = load("@paddle/paddle-node-sdk");
      const { webhooks } = new Paddle("none");
      return webhooks.isSignatureValid(body, secret, headers["paddle-signature"]);
    },
  },
  {
    provider: "plain",
    sdk: "@team-plain/typescript-sdk@5.12.1",
    accepts: ({ body, headers, secret }) => {
      const { PlainWebhookSignatureVerificationError: Refusal, verifyPlainWebhook } = load(
        "@team-plain/typescript-sdk",
      );
      // After the signature it looks at the payload, which is none of Plain's here.
      const { error } = verifyPlainWebhook(body, headers["plain-request-signature"], secret);
      return !(error instanceof Refusal);
    },
  },
  {
    provider: "plivo",
    sdk: "plivo@4.79.0",
    urls: [
      "https://gateway.example.com/hooks/in?q=1",
      "https://gateway.example.com/a%20b/%C3%BC?b=2&a=%26%3D+x&a=1&empty=",
    ],
    change: (body) => body.replace("before", "behind"),
    accepts: ({ url, body, headers, secret }) => {
      const given = headers["x-plivo-signature-v3"];
      const nonce = headers["x-plivo-signature-v3-nonce"];
      const fields = parse(body);
      return load("plivo").validateV3Signature("POST", url, nonce, secret, given, fields);
    },
  },
  {
    provider: "plivo-v2",
    sdk: "plivo@4.79.0",
    accepts: ({ url, headers, secret }) => {
      const given = headers["x-plivo-signature-v2"];
      const nonce = headers["x-plivo-signature-v2-nonce"];
      return load("plivo").validateSignature(url, nonce, given, secret);
    },
  },
  {
    provider: "polar",
    sdk: "@polar-sh/sdk@0.49.0",
    accepts: ({ body, headers, secret }) => {
      const { validateEvent, WebhookVerificationError } = load("@polar-sh/sdk/webhooks");
      try {
        validateEvent(body, headers, secret);
        return true;
      } catch (error) {
        // After the signature it looks at the payload, which is none of Polar's here.
        return !(error instanceof WebhookVerificationError);
      }
    },
  },
  {
    provider: "portone",
    sdk: "@portone/server-sdk@0.19.0",
    accepts: async ({ body, headers, secret }) => {
      await load("@portone/server-sdk").Webhook.verify(secret, body, headers);
    },
  },
  {
    provider: "privy",
    sdk: "@privy-io/node@0.35.0",
    accepts: ({ body: payload, headers, secret }) => {
      const { PrivyClient } = load("@privy-io/node");
      const privy = new PrivyClient({ appId: "none", appSecret: "none" });
      return privy.webhooks().verify({ payload, headers, signing_secret: secret });
    },
  },
  {
    provider: "pusher",
    sdk: "pusher@5.3.4",
    accepts: ({ body, headers, secret }) => {
      const Pusher = load("pusher");
      const client = new Pusher({ appId: "1", key: "key", secret, cluster: "eu" });
      const given = { ...headers, "x-pusher-key": "key", "content-type": "application/json" };
      return client.webhook({ headers: given, rawBody: body }).isValid();
    },
    signs: ({ body, secret }) => {
      const { Token } = load("pusher");
      return { "x-pusher-signature": new Token("key", secret).sign(body) };
    },
  },
  {
    provider: "qstash",
    sdk: "@upstash/qstash@2.12.0",
    accepts: ({ body, headers, secret, url }) => {
      const { Receiver } = load("@upstash/qstash");
      const receiver = new Receiver({ currentSigningKey: "none", nextSigningKey: secret });
      return receiver.verify({ signature: headers["upstash-signature"], body, url });
    },
  },
  {
    provider: "razorpay",
    sdk: "razorpay@2.9.8",
    accepts: ({ body, headers, secret }) => {
      const signature = headers["x-razorpay-signature"];
      return load("razorpay").validateWebhookSignature(body, signature, secret);
    },
  },
  {
    provider: "readme",
    sdk: "readmeio@6.2.1",
    blindTo: "spaces",
    accepts: ({ body, headers, secret }) =>
      load("readmeio").verifyWebhook(JSON.parse(body), headers["readme-signature"], secret),
  },
  {
    provider: "replicate",
    sdk: "replicate@1.4.0",
    ageless: true,
    accepts: ({ body, headers, secret }) =>
      load("replicate").validateWebhook({ headers, body }, secret),
  },
  {
    provider: "resend",
    sdk: "resend@6.38.0",
    accepts: ({ body: payload, headers, secret }) => {
      const { Resend } = load("resend");
      const [id, timestamp, signature] = ["id", "timestamp", "signature"].map(
        (name) => headers[`svix-${name}`],
      );
      return new Resend("re_none").webhooks.verify({
        payload,
        headers: { id, timestamp, signature },
        webhookSecret: secret,
      });
    },
  },
  {
    provider: "retell",
    sdk: "retell-sdk@5.66.1",
    accepts: ({ body, headers, secret }) =>
      load("retell-sdk").verify(body, secret, headers["x-retell-signature"]),
    signs: async ({ body, secret }) => ({
      "x-retell-signature": await load("retell-sdk").sign(body, secret),
    }),
  },
];
