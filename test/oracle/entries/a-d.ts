/** Senders from A to D. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { type Entry, load, publicOf, type Sent } from "../oracle.ts";

/** The SDKs of senders from A to D. */
export const fromAToD: readonly Entry[] = [
  {
    provider: "adyen",
    sdk: "@adyen/api-library@32.1.0",
    fields: {
      notificationItems: [
        {
          NotificationRequestItem: {
            additionalData: {},
            amount: { currency: "EUR", value: 1000 },
            pspReference: "7914073381342284",
            merchantAccountCode: "TestMerchant",
            merchantReference: "TestPayment-1407325143704",
            eventCode: "AUTHORISATION",
            success: "true",
          },
        },
      ],
    },
    change: (body) => body.replace('"AUTHORISATION"', '"CANCELLATION"'),
    blindTo: "spaces",
    accepts: ({ body, secret }) => {
      const { hmacValidator: HmacValidator } = load("@adyen/api-library");
      const [{ NotificationRequestItem: item }] = JSON.parse(body).notificationItems;
      return new HmacValidator().validateHMAC(item, secret);
    },
  },
  {
    provider: "adyen-platform",
    sdk: "@adyen/api-library@32.1.0",
    accepts: ({ body, headers, secret }) => {
      const { hmacValidator: HmacValidator } = load("@adyen/api-library");
      return new HmacValidator().validateHMACSignature(secret, headers["hmacsignature"], body);
    },
  },
  {
    provider: "anthropic",
    sdk: "@anthropic-ai/sdk@1.11.0",
    accepts: ({ body, headers, secret: key }) => {
      const { default: Anthropic } = load("@anthropic-ai/sdk");
      return new Anthropic({ apiKey: "none" }).beta.webhooks.unwrap(body, { headers, key });
    },
  },
  {
    provider: "aws-sns",
    sdk: "sns-validator@0.3.5",
    secrets: ["arn:aws:sns:us-east-1:1:orders", "arn:aws:sns:us-east-1:1:others"],
    given: () => {
      const url = "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-sample.pem";
      return {
        material: { found: new Map([[url, pem("senders")]]), roots: [] },
        signingSecret: (topic) => `${topic}\n${pem("own-key")}`,
      };
    },
    change: (body) => body.replace("before", "behind"),
    blindTo: "spaces",
    accepts: validateSns,
  },
  {
    provider: "box",
    sdk: "box-node-sdk@3.8.2",
    accepts: ({ body, headers, secret }) => {
      const stated = { "box-signature-version": "1", "box-signature-algorithm": "HmacSHA256" };
      return load("box-node-sdk").validateWebhookMessage(body, { ...headers, ...stated }, secret);
    },
  },
  {
    provider: "braintree",
    sdk: "braintree@3.40.0",
    given: () => ({ options: { publicKey: "integration_public_key" } }),
    bodies: [
      '<notification><kind>check</kind><timestamp type="datetime">2023-11-14T22:13:20Z</timestamp><subject><check type="boolean">true</check></subject></notification>',
    ],
    change: (body) => body.replace("bt_payload=", "bt_payload=P"),
    accepts: async ({ body, secret }) => {
      const fields = new URLSearchParams(body);
      const { webhookNotification } = braintree(secret);
      await webhookNotification.parse(fields.get("bt_signature"), fields.get("bt_payload"));
    },
  },
  {
    provider: "cashfree",
    sdk: "cashfree-pg@6.0.6",
    ageless: true,
    accepts: ({ body, headers, secret }) => {
      const { Cashfree, CFEnvironment } = load("cashfree-pg");
      // The last argument: no reports of errors to its maker.
      const none = [undefined, undefined, undefined, false];
      const client = new Cashfree(CFEnvironment.SANDBOX, "id", secret, ...none);
      return client.PGVerifyWebhookSignature(
        headers["x-webhook-signature"],
        body,
        headers["x-webhook-timestamp"],
      );
    },
  },
  {
    provider: "chargebee",
    sdk: "chargebee@3.33.0",
    secrets: ["hooks:s3cret", "hooks:an0ther"],
    accepts: async ({ headers, secret }) => {
      const { basicAuthValidator } = load("chargebee");
      const fits = (name: string, password: string) => `${name}:${password}` === secret;
      await basicAuthValidator(fits)(headers);
    },
  },
  {
    provider: "chargily",
    sdk: "@chargily/chargily-pay@2.1.0",
    accepts: ({ body, headers, secret }) =>
      load("@chargily/chargily-pay").verifySignature(
        Buffer.from(body),
        headers["signature"],
        secret,
      ),
  },
  {
    provider: "clerk",
    sdk: "@clerk/backend@1.34.0",
    accepts: async ({ url, body, headers, secret }) => {
      const request = new Request(url, { method: "POST", body, headers });
      await load("@clerk/backend/webhooks").verifyWebhook(request, { signingSecret: secret });
    },
  },
  {
    provider: "cloudconvert",
    sdk: "cloudconvert@3.0.0",
    accepts: ({ body, headers, secret }) => {
      const CloudConvert = load("cloudconvert");
      const signature = headers["cloudconvert-signature"];
      return new CloudConvert("none").webhooks.verify(body, signature, secret);
    },
  },
  cloudinary("cloudinary", "sha1"),
  cloudinary("cloudinary-sha256", "sha256"),
  {
    provider: "coinbase-commerce",
    sdk: "coinbase-commerce-node@1.0.4",
    fields: { event: { id: "1", type: "charge:created" } },
    accepts: ({ body, headers, secret }) =>
      load("coinbase-commerce-node").Webhook.verifyEventBody(
        body,
        headers["x-cc-webhook-signature"],
        secret,
      ),
    signs: ({ body, secret }) => ({
      "x-cc-webhook-signature": load("coinbase-commerce-node").Webhook.computeSignature(
        body,
        secret,
      ),
    }),
  },
  {
    provider: "complycube",
    sdk: "@complycube/api@1.1.13",
    accepts: ({ body, headers, secret }) => {
      const { EventVerifier } = load("@complycube/api");
      return new EventVerifier(secret).constructEvent(body, headers["complycube-signature"]);
    },
  },
  {
    provider: "contentful",
    sdk: "@contentful/node-apps-toolkit@3.16.1",
    urls: [
      "https://gateway.example.com/hooks/in?q=1",
      "https://gateway.example.com/a%20b/%C3%BC?b=2&a=%26%3D+x&a=1&empty=",
    ],
    secrets: ["0123456789abcdef".repeat(4), "0123456789abcdeF".repeat(4)],
    accepts: ({ url, body, headers, secret }) => {
      const { pathname, search } = new URL(url);
      const request = { method: "POST", path: pathname + search, headers, body };
      return load("@contentful/node-apps-toolkit").verifyRequest(secret, request, 300);
    },
    signs: ({ url, body, secret, now }) => {
      const { pathname, search } = new URL(url);
      const headers = { "X-Contentful-Topic": "ContentManagement.Entry.publish" };
      const request = { method: "POST", path: pathname + search, headers, body };
      const { signRequest } = load("@contentful/node-apps-toolkit");
      return { ...headers, ...signRequest(secret, request, now) };
    },
  },
  {
    provider: "crisp",
    sdk: "crisp-api@11.3.0",
    blindTo: "spaces",
    ageless: true,
    accepts: ({ body, headers, secret }) => {
      const { default: Crisp } = load("crisp-api");
      return new Crisp().verifyWidget(
        secret,
        JSON.parse(body),
        headers["x-crisp-request-timestamp"],
        headers["x-crisp-signature"],
      );
    },
  },
  {
    provider: "cronofy",
    sdk: "cronofy@3.8.4",
    accepts: ({ body, headers, secret }) => {
      const Cronofy = load("cronofy");
      const hmac = headers["cronofy-hmac-sha256"];
      return new Cronofy({ client_secret: secret }).hmacValid({ hmac, body });
    },
  },
  {
    provider: "discord",
    sdk: "discord-interactions@4.4.0",
    ageless: true,
    accepts: ({ body, headers, secret }) =>
      load("discord-interactions").verifyKey(
        body,
        headers["x-signature-ed25519"],
        headers["x-signature-timestamp"],
        publicOf(secret, "hex"),
      ),
  },
  {
    provider: "dodo-payments",
    sdk: "dodopayments@2.52.0",
    accepts: ({ body, headers, secret: key }) => {
      const { default: DodoPayments } = load("dodopayments");
      return new DodoPayments({ bearerToken: "none" }).webhooks.unwrap(body, { headers, key });
    },
  },
  {
    provider: "dropbox-sign",
    sdk: "@dropbox/sign@1.11.0",
    accepts: ({ body, secret }) => {
      const { EventCallbackHelper, EventCallbackRequest } = load("@dropbox/sign");
      const json = body.slice(body.indexOf("{"), body.lastIndexOf("}") + 1);
      return EventCallbackHelper.isValid(secret, EventCallbackRequest.init(JSON.parse(json)));
    },
  },
];

/** Its SDK keeps secret and digest in one configuration for the process. */
function cloudinary(provider: string, digest: "sha1" | "sha256"): Entry {
  const configured = (secret: string) => {
    const { v2 } = load("cloudinary");
    v2.config({ api_secret: secret, signature_algorithm: digest });
    return v2;
  };
  return {
    provider,
    sdk: "cloudinary@2.11.0",
    accepts: ({ body, headers, secret }) =>
      configured(secret).utils.verifyNotificationSignature(
        body,
        headers["x-cld-timestamp"],
        headers["x-cld-signature"],
      ),
    signs: ({ body, secret, now }) => {
      const at = String(Math.floor(now / 1000));
      const { utils } = configured(secret);
      const options = { api_secret: secret, signature_algorithm: digest };
      return {
        "x-cld-timestamp": at,
        "x-cld-signature": utils.webhook_signature(body, at, options),
      };
    },
  };
}

function pem(name: string): string {
  return readFileSync(
    join(import.meta.dirname, "..", "..", "support", "certificates", `${name}.pem`),
    "utf8",
  );
}

function braintree(privateKey: string) {
  const { BraintreeGateway, Environment } = load("braintree");
  return new BraintreeGateway({
    environment: Environment.Sandbox,
    merchantId: "none",
    publicKey: "integration_public_key",
    privateKey,
  });
}

/** It asks Amazon for the certificate; here the answer is a file. Whose topic it is, its user looks at. */
async function validateSns({ body, secret: topic }: Sent): Promise<boolean> {
  const https = load("node:https");
  const { get } = https;
  https.get = (_url: string, answer: (response: Readable) => void) => {
    const response = Object.assign(Readable.from([pem("senders")]), { statusCode: 200 });
    queueMicrotask(() => answer(response));
    return { on: () => undefined };
  };
  try {
    const Validator = load("sns-validator");
    const { promise, resolve, reject } = Promise.withResolvers<{ readonly TopicArn: string }>();
    new Validator().validate(JSON.parse(body), (error: unknown, message: { TopicArn: string }) =>
      error ? reject(error) : resolve(message),
    );
    return (await promise).TopicArn === topic;
  } finally {
    https.get = get;
  }
}
