import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { isCredential } from "../kit/raw-headers.ts";
import { describeProvider } from "./conformance.ts";
import { type Case, flipped, secretsOf } from "./conformance-requests.ts";
import {
  awsSns,
  azureEventgridEntra,
  ebay,
  gcpPubsub,
  github,
  paypal,
  plaid,
  providers,
  shopify,
  square,
  standardWebhooks,
  stripe,
  svix,
} from "./index.ts";

const whsec = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const otherWhsec = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const whsk = `whsk_${Buffer.alloc(32, 7).toString("base64")}`;
const otherWhsk = `whsk_${Buffer.alloc(32, 8).toString("base64")}`;

const pem = (name: string): string =>
  readFileSync(new URL(`../../test/support/certificates/${name}.pem`, import.meta.url), "utf8");

const fixed: readonly Case[] = [
  {
    title: "paypal by certificate",
    provider: paypal,
    secret: "4JH86294D6297924G",
    otherSecret: "9XL90610J3647323C",
    signingSecret: `4JH86294D6297924G\n${pem("own-key")}`,
    material: {
      found: new Map([
        [
          "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-sample",
          pem("paypal") + pem("intermediate"),
        ],
      ]),
      roots: [pem("root")],
    },
    dated: true,
    place: { header: "paypal-transmission-sig" },
    coversBody: true,
  },
  {
    title: "stripe",
    provider: stripe,
    secret: "whsec_5WBkVpDoeMU",
    otherSecret: "whsec_another",
    dated: true,
    place: { header: "stripe-signature" },
    coversBody: true,
  },
  {
    title: "github",
    provider: github,
    secret: "It's a Secret to Everybody",
    otherSecret: "It's another",
    dated: false,
    place: { header: "x-hub-signature-256" },
    coversBody: true,
  },
  {
    title: "shopify",
    provider: shopify,
    secret: "shpss_1234567890abcdef",
    otherSecret: "shpss_fedcba0987654321",
    dated: false,
    place: { header: "x-shopify-hmac-sha256" },
    coversBody: true,
  },
  {
    title: "square",
    provider: square,
    secret: "Ibxx_5AKakO-3qeNVR61Dw",
    otherSecret: "W2xx_5AKakO-3qeNVR61Dw",
    dated: false,
    place: { header: "x-square-hmacsha256-signature" },
    coversBody: true,
  },
  {
    title: "standard-webhooks by HMAC",
    provider: standardWebhooks,
    secret: whsec,
    otherSecret: otherWhsec,
    dated: true,
    place: { header: "webhook-signature" },
    coversBody: true,
  },
  {
    title: "standard-webhooks by ed25519",
    provider: standardWebhooks,
    secret: whsk,
    otherSecret: otherWhsk,
    dated: true,
    place: { header: "webhook-signature" },
    coversBody: true,
  },
  {
    title: "svix",
    provider: svix,
    secret: whsec,
    otherSecret: otherWhsec,
    dated: true,
    place: { header: "svix-signature" },
    coversBody: true,
  },
];

const ec = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
const ecPem = ec.privateKey.export({ format: "pem", type: "pkcs8" }).toString();
const ecJwk = { ...ec.publicKey.export({ format: "jwk" }), kid: "sample" };
const ecSpki = ec.publicKey.export({ format: "pem", type: "spki" }).toString();
const rsaJwk = { ...createPublicKey(pem("own-key")).export({ format: "jwk" }), kid: "sample" };
const materialOf = (name: string, text: string) => ({ found: new Map([[name, text]]), roots: [] });
const topic = "arn:aws:sns:us-east-1:123456789012:orders";
const tenant = "8eaef023-2b34-4da1-9baa-8bc8c9d6a490";
const audience = "https://gateway.example.com/hooks/in";

const byFetchedKeys: readonly Case[] = [
  {
    title: "gcp-pubsub",
    provider: gcpPubsub,
    options: { serviceAccount: "push@example.iam.gserviceaccount.com" },
    secret: audience,
    otherSecret: "https://other.example.com/",
    signingSecret: `${audience}\n${pem("own-key")}`,
    material: materialOf(
      "https://www.googleapis.com/oauth2/v3/certs",
      JSON.stringify({ keys: [rsaJwk] }),
    ),
    dated: false,
    place: { header: "authorization" },
    coversBody: false,
  },
  {
    title: "azure-eventgrid-entra",
    provider: azureEventgridEntra,
    options: { tenantId: tenant },
    secret: "api://webhooks",
    otherSecret: "api://others",
    signingSecret: `api://webhooks\n${pem("own-key")}`,
    material: materialOf(
      `https://login.microsoftonline.com/${tenant}/discovery/v2.0/keys`,
      JSON.stringify({ keys: [rsaJwk] }),
    ),
    dated: false,
    place: { header: "authorization" },
    coversBody: false,
  },
  {
    title: "plaid",
    provider: plaid,
    options: { clientId: "client" },
    secret: "api-secret",
    otherSecret: "another",
    signingSecret: ecPem,
    material: materialOf("plaid production sample", JSON.stringify({ key: ecJwk })),
    dated: true,
    place: { header: "plaid-verification" },
    coversBody: true,
    keyless: "Plaid's own key signs; the secret only asks for it",
  },
  {
    title: "ebay",
    provider: ebay,
    secret: "verification-token",
    otherSecret: "another",
    signingSecret: ecPem,
    material: materialOf("ebay production sample", JSON.stringify({ key: ecSpki })),
    dated: false,
    place: { header: "x-ebay-signature" },
    coversBody: true,
    keyless: "eBay's own key signs; the secret is for the handshake",
    spoil: (text) => {
      const said = JSON.parse(Buffer.from(text, "base64").toString()) as { signature: string };
      const bytes = flipped(Buffer.from(said.signature, "base64"), 40);
      const spoilt = { ...said, signature: bytes.toString("base64") };
      return Buffer.from(JSON.stringify(spoilt)).toString("base64");
    },
  },
  {
    title: "aws-sns",
    provider: awsSns,
    secret: topic,
    otherSecret: "arn:aws:sns:us-east-1:123456789012:others",
    signingSecret: `${topic}\n${pem("own-key")}`,
    material: materialOf(
      "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-sample.pem",
      pem("senders"),
    ),
    dated: false,
    place: { field: "Signature" },
    coversBody: false,
  },
];

const publicKey = { publicKey: "integration_public_key" };

const optionsOf: Readonly<Record<string, object>> = { braintree: publicKey };

const hasCase = (name: string): boolean =>
  [...fixed, ...byFetchedKeys].some(({ provider }) => provider.name === name);

const declared = providers.flatMap((provider): Case[] => {
  const { scheme } = provider;
  if (scheme === undefined || hasCase(provider.name)) return [];
  const [one, other] = secretsOf[scheme.key];
  return [
    {
      title: provider.name,
      provider,
      secret: one,
      otherSecret: other,
      dated: scheme.dated,
      place: scheme.place,
      coversBody: scheme.coversBody,
      signsQuery: provider.name === "twilio",
      ...(optionsOf[provider.name] && { options: optionsOf[provider.name] }),
      ...(scheme.algorithm === "token" || scheme.algorithm === "Basic credentials"
        ? { formless: "a token has no form" }
        : {}),
    },
  ];
});

for (const one of [...fixed, ...byFetchedKeys, ...declared]) describeProvider(one);

describe("the list of providers", () => {
  it("has each once, with docs and evidence, and each in the suite", () => {
    const names = providers.map((provider) => provider.name);
    expect(new Set(names).size).toBe(names.length);
    const tried = [...fixed, ...byFetchedKeys, ...declared].map(({ provider }) => provider.name);
    // Kinde's signature is its body: `fetched-keys.test.ts` tries it.
    expect(new Set([...tried, "hmac", "kinde"])).toEqual(new Set(names));
    for (const provider of providers) {
      expect(provider.docs).toMatch(/^https:\/\//);
      expect(provider.evidence.source).not.toBe("");
      if (provider.assurance === "authenticated") expect(provider.notCovered).toBeDefined();
    }
  });

  it("withholds the header of every token as a credential", () => {
    for (const { scheme } of providers) {
      if (scheme?.algorithm !== "token" || !("header" in scheme.place)) continue;
      expect([scheme.place.header, isCredential(scheme.place.header)]).toEqual([
        scheme.place.header,
        true,
      ]);
    }
  });
});
