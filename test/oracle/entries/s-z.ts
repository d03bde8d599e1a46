/** Senders from S to Z. */
import { type Entry, load, publicOf, standardSigner } from "../oracle.ts";

/** The SDKs of senders from S to Z. */
export const fromSToZ: readonly Entry[] = [
  {
    provider: "sanity",
    sdk: "@sanity/webhook@4.0.4",
    ageless: true,
    accepts: ({ body, headers, secret }) =>
      load("@sanity/webhook").isValidSignature(body, headers["sanity-webhook-signature"], secret),
  },
  {
    provider: "schematic",
    sdk: "@schematichq/schematic-typescript-node@1.6.2",
    ageless: true,
    accepts: ({ body, headers, secret }) =>
      load("@schematichq/schematic-typescript-node").verifyWebhookSignature(
        { headers },
        secret,
        body,
      ),
    signs: ({ body, secret, now }) => {
      const { computeHexSignature } = load("@schematichq/schematic-typescript-node");
      const at = String(Math.floor(now / 1000));
      return {
        "x-schematic-webhook-timestamp": at,
        "x-schematic-webhook-signature": computeHexSignature(Buffer.from(body), at, secret),
      };
    },
  },
  {
    provider: "seam",
    sdk: "seam@1.245.0",
    fields: { event_id: "1", event_type: "device.connected" },
    accepts: ({ body, headers, secret }) => {
      const { SeamWebhook } = load("seam");
      return new SeamWebhook(secret).verify(body, headers);
    },
  },
  {
    provider: "sendgrid",
    sdk: "@sendgrid/eventwebhook@8.0.0",
    ageless: true,
    accepts: ({ body, headers, secret }) => {
      const { EventWebhook } = load("@sendgrid/eventwebhook");
      const webhook = new EventWebhook();
      return webhook.verifySignature(
        webhook.convertPublicKeyToECDSA(publicOf(secret, "der")),
        Buffer.from(body),
        headers["x-twilio-email-event-webhook-signature"],
        headers["x-twilio-email-event-webhook-timestamp"],
      );
    },
  },
  {
    provider: "shopify",
    sdk: "@shopify/shopify-api@15.0.0",
    accepts: async ({ body, headers, secret }) => {
      load("@shopify/shopify-api/adapters/node");
      const { ApiVersion, shopifyApi } = load("@shopify/shopify-api");
      const { webhooks } = shopifyApi({
        apiKey: "key",
        apiSecretKey: secret,
        apiVersion: Object.values(ApiVersion).at(-1),
        hostName: "app.example.com",
        isEmbeddedApp: true,
        logger: { log: () => undefined },
      });
      const rawRequest = { method: "POST", url: "/hooks", headers };
      return (await webhooks.validate({ rawBody: body, rawRequest, rawResponse: {} })).valid;
    },
  },
  {
    provider: "sinch",
    sdk: "@sinch/sdk-core@1.4.0",
    ageless: true,
    accepts: ({ body, headers, secret }) => {
      const { ConversationCallbackWebhooks } = load("@sinch/sdk-core");
      return new ConversationCallbackWebhooks(secret).validateAuthenticationHeader(headers, body);
    },
    signs: ({ body, secret, now }) => {
      const { calculateWebhookSignature, computeSignedData } = load("@sinch/sdk-core");
      const at = String(Math.floor(now / 1000));
      const signed = computeSignedData(body, "01HEXAMPLE", at);
      return {
        "x-sinch-webhook-signature-nonce": "01HEXAMPLE",
        "x-sinch-webhook-signature-timestamp": at,
        "x-sinch-webhook-signature": calculateWebhookSignature(signed, secret),
      };
    },
  },
  {
    provider: "slack",
    sdk: "@slack/bolt@5.1.0",
    accepts: ({ body, headers, secret: signingSecret }) =>
      load("@slack/bolt").verifySlackRequest({ signingSecret, body, headers }),
  },
  {
    provider: "smartcar",
    sdk: "smartcar@10.4.0",
    blindTo: "spaces",
    accepts: ({ body, headers, secret }) =>
      load("smartcar").verifyPayload(secret, headers["sc-signature"], JSON.parse(body)),
    signs: ({ body, secret }) => ({ "sc-signature": load("smartcar").hashChallenge(secret, body) }),
  },
  {
    provider: "square",
    sdk: "square@46.0.0",
    accepts: ({ body, headers, secret, url }) =>
      load("square").WebhooksHelper.verifySignature({
        requestBody: body,
        signatureHeader: headers["x-square-hmacsha256-signature"],
        signatureKey: secret,
        notificationUrl: url,
      }),
  },
  {
    provider: "standard-webhooks",
    sdk: "standardwebhooks@1.1.1",
    accepts: ({ body, headers, secret }) => {
      const { Webhook } = load("standardwebhooks");
      return new Webhook(secret).verify(body, headers);
    },
    signs: (given) => standardSigner(load("standardwebhooks").Webhook, "webhook")(given),
  },
  {
    provider: "stream",
    sdk: "stream-chat@9.53.0",
    accepts: ({ body, headers, secret }) => {
      const { StreamChat } = load("stream-chat");
      return new StreamChat("key", secret).verifyWebhook(body, headers["x-signature"]);
    },
  },
  {
    provider: "stripe",
    sdk: "stripe@23.1.0",
    accepts: ({ body, headers, secret }) =>
      stripe().constructEvent(body, headers["stripe-signature"], secret),
    signs: ({ body: payload, secret, now }) => ({
      "stripe-signature": stripe().generateTestHeaderString({
        payload,
        secret,
        timestamp: Math.floor(now / 1000),
      }),
    }),
  },
  svixFor("stytch", "https://stytch.com/docs/b2b/guides/webhooks"),
  {
    provider: "supabase-auth",
    sdk: "standardwebhooks@1.1.1",
    namedAt: "https://supabase.com/docs/guides/auth/auth-hooks/send-email-hook",
    secrets: [
      "v1,whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
      "v1,whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
    ],
    accepts: ({ body, headers, secret }) => {
      const { Webhook } = load("standardwebhooks");
      return new Webhook(secret.replace("v1,whsec_", "")).verify(body, headers);
    },
    signs: ({ secret, ...given }) => {
      const sign = standardSigner(load("standardwebhooks").Webhook, "webhook");
      return sign({ ...given, secret: secret.replace("v1,whsec_", "") });
    },
  },
  svixFor("svix"),
  {
    provider: "telnyx",
    sdk: "telnyx@7.24.0",
    accepts: async ({ body, headers, secret }) => {
      const { default: Telnyx } = load("telnyx");
      const key = publicOf(secret, "base64");
      await new Telnyx({ apiKey: "none" }).webhooks.unwrap(body, { headers, key });
    },
  },
  {
    provider: "terra",
    sdk: "terra-api@2.1.0",
    accepts: ({ body, headers, secret }) =>
      load("terra-api").verifyTerraWebhookSignature(body, headers["terra-signature"], secret),
  },
  {
    provider: "twilio",
    sdk: "twilio@6.2.0",
    accepts: ({ body, headers, secret, url }) =>
      load("twilio").validateRequestWithBody(secret, headers["x-twilio-signature"], url, body),
  },
  {
    provider: "viber",
    sdk: "viber-bot@1.0.18",
    accepts: ({ body, headers, secret }) => {
      const MessageValidator = load("viber-bot/lib/message/message-validator");
      const validator = new MessageValidator({ debug: () => undefined }, secret);
      return validator.validateMessage(headers["x-viber-content-signature"], body);
    },
  },
  {
    provider: "vonage",
    sdk: "@vonage/jwt@1.14.0",
    blindTo: "body",
    ageless: true,
    accepts: ({ headers, secret }) => {
      const { verifySignature } = load("@vonage/jwt");
      return verifySignature(headers["authorization"]?.replace("Bearer ", ""), secret);
    },
  },
  {
    provider: "webflow",
    sdk: "webflow-api@3.3.4",
    ageless: true,
    accepts: ({ body, headers, secret }) => {
      const { WebflowClient } = load("webflow-api");
      const { webhooks } = new WebflowClient({ accessToken: "none" });
      return webhooks.verifySignature({ headers, body, secret });
    },
  },
  {
    provider: "whop",
    sdk: "@whop/sdk@0.0.42",
    accepts: ({ body, headers, secret }) => {
      const { default: Whop } = load("@whop/sdk");
      const key = Buffer.from(secret).toString("base64");
      return new Whop({ apiKey: "none" }).webhooks.unwrap(body, { headers, key });
    },
  },
  {
    provider: "workos",
    sdk: "@workos-inc/node@8.13.0",
    blindTo: "spaces",
    accepts: ({ body, headers, secret }) =>
      workos().verifyHeader({
        payload: JSON.parse(body),
        sigHeader: headers["workos-signature"],
        secret,
      }),
    signs: async ({ body, secret, now }) => {
      const signature = await workos().computeSignature(String(now), JSON.parse(body), secret);
      return { "workos-signature": `t=${now}, v1=${signature}` };
    },
  },
  {
    provider: "zoom",
    sdk: "@zoom/rivet@0.4.0",
    blindTo: "spaces",
    ageless: true,
    fields: { event: "meeting.started", event_ts: 1, payload: {} },
    accepts: async ({ body, headers, secret: webhooksSecretToken }) => {
      const { AwsLambdaReceiver } = load("@zoom/rivet/chatbot");
      const handler = new AwsLambdaReceiver({ webhooksSecretToken }).start();
      return (await handler({ body, headers, isBase64Encoded: false }, {})).statusCode === 200;
    },
  },
];

/** Senders that Svix sends for; without `namedAt` Svix itself. */
function svixFor(provider: string, namedAt?: string): Entry {
  return {
    provider,
    sdk: "svix@2.5.0",
    ...(namedAt === undefined ? {} : { namedAt }),
    accepts: ({ body, headers, secret }) => {
      const { Webhook } = load("svix");
      return new Webhook(secret).verify(body, headers);
    },
    signs: (given) => standardSigner(load("svix").Webhook, "svix")(given),
  };
}

function stripe() {
  const { default: Stripe = load("stripe") } = load("stripe");
  return new Stripe("sk_test_none").webhooks;
}

function workos() {
  const { WorkOS } = load("@workos-inc/node");
  return new WorkOS("sk_none").webhooks;
}
