/** SDKs of senders whose provider isn't in the list yet: each entry counts from the moment that its provider is there. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { type Entry, load, type Sent } from "../oracle.ts";

/** The SDKs that wait for their provider. */
export const awaited: readonly Entry[] = [
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
    provider: "livekit",
    sdk: "livekit-server-sdk@2.19.2",
    accepts: async ({ body, headers, secret }) => {
      const { WebhookReceiver } = load("livekit-server-sdk");
      // It would look for the API key in `iss`; a source knows the secret only.
      await new WebhookReceiver(undefined, secret).receive(body, headers["authorization"]);
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
    provider: "qstash",
    sdk: "@upstash/qstash@2.12.0",
    accepts: ({ body, headers, secret, url }) => {
      const { Receiver } = load("@upstash/qstash");
      const receiver = new Receiver({ currentSigningKey: "none", nextSigningKey: secret });
      return receiver.verify({ signature: headers["upstash-signature"], body, url });
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
];

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
