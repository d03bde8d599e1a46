import { createPrivateKey } from "node:crypto";
import { defineProvider } from "../core/define.ts";
import { GatewayError } from "../core/errors.ts";
import type { Signed, SignInput, Verdict, VerifyInput } from "../core/types.ts";
import { headerOf } from "../kit/raw-headers.ts";
import { sameText } from "../kit/same-text.ts";
import {
  fitsPublicKey,
  type Jws,
  judgeTimes,
  keyOfSet,
  makePublicJws,
  parseJws,
} from "./schemes/jws.ts";
import { notEmpty } from "./schemes/seal.ts";
import { identifyBy } from "./schemes/telling.ts";
import { judgeSecrets, type Rejection, rejected } from "./schemes/verdict.ts";

/** Options of `gcpPubsub` beside those of every source; its secrets are the audiences that its subscriptions name. */
export type GcpPubsubOptions = {
  /** The service account that the subscriptions push as. Without it any account of Google's that names the audience fits. */
  readonly serviceAccount: string;
};

/** Google's keys for the tokens of its accounts. */
const keysUrl = "https://www.googleapis.com/oauth2/v3/certs";
const issuers: readonly unknown[] = ["https://accounts.google.com", "accounts.google.com"];
const prefix = "Bearer ";

/** Google Cloud Pub/Sub, pushed with authentication. */
export const gcpPubsub = defineProvider<GcpPubsubOptions>({
  name: "gcp-pubsub",
  title: "Google Cloud Pub/Sub",
  docs: "https://docs.cloud.google.com/pubsub/docs/authenticate-push-subscriptions",
  evidence: {
    kind: "docs",
    source: "https://docs.cloud.google.com/pubsub/docs/authenticate-push-subscriptions",
    readOn: "2026-11-21",
    read: "Authorization: Bearer and an OpenID Connect JWT by RS256; claims iss, aud, email, email_verified, iat, exp; the body is not among them",
  },
  notCovered: "the body: who has one token can send any body until it ends, within an hour",
  retries: true,
  assurance: "authenticated",
  settings: {
    serviceAccount: {
      kind: "text",
      words: "The e-mail address of the service account that the subscriptions push as.",
    },
  },
  scheme: {
    place: { header: "Authorization" },
    algorithm: "JWT RS256",
    key: "rsa",
    dated: false,
    coversBody: false,
    id: { json: "message.messageId" },
    type: [{ json: "message.attributes.type" }],
  },
  marks: () => ["authorization"],
  material: (input) => {
    const { keyId } = tokenOf(input) ?? {};
    return keyId === undefined ? [] : [{ kind: "keys", name: keysUrl, url: keysUrl, keyId }];
  },
  verify,
  sign,
  identify: (input) =>
    identifyBy(
      {
        id: { json: "message.messageId" },
        type: { json: "message.attributes.type" },
        time: { json: "message.publishTime", unit: "rfc3339" },
      },
      input,
    ),
});

function tokenOf({ request }: Pick<VerifyInput, "request">): Jws | undefined {
  const given = headerOf(request.headers, "authorization") ?? "";
  return given.startsWith(prefix) ? parseJws(given.slice(prefix.length), "RS256") : undefined;
}

function verify(input: VerifyInput<GcpPubsubOptions>): Verdict {
  if (!headerOf(input.request.headers, "authorization")) {
    return rejected("MISSING_SIGNATURE", "no Authorization header");
  }
  const jws = tokenOf(input);
  if (jws?.keyId === undefined) {
    return rejected("INVALID_FORMAT", "Authorization is not Bearer <JWT by RS256 with a key id>");
  }
  const key = keyOfSet(input.material?.found.get(keysUrl) ?? "", jws.keyId);
  if (key === undefined || !fitsPublicKey(jws, "RS256", key)) {
    return rejected("INVALID_SIGNATURE", "none of Google's keys made this token");
  }
  const claims = jws.claims() ?? {};
  const wrong = judgeTimes(claims, input, false) ?? judgeClaims(claims, input.options);
  if (wrong) return wrong;
  const { aud } = claims;
  const audience = typeof aud === "string" ? aud : "";
  const verdict = judgeSecrets(input.secrets, notEmpty, (one) => sameText(one, audience));
  return verdict.kind === "verified" ? { kind: "authenticated", secret: verdict.secret } : verdict;
}

function judgeClaims(
  { iss, email, email_verified: isVerified, exp }: Readonly<Record<string, unknown>>,
  { serviceAccount }: GcpPubsubOptions,
): Rejection | undefined {
  if (exp === undefined) return rejected("INVALID_FORMAT", "the token has no end (exp)");
  if (!issuers.includes(iss))
    return rejected("INVALID_SIGNATURE", "the token is not of Google's accounts");
  if (isVerified === true && email === serviceAccount) return undefined;
  return rejected("INVALID_SIGNATURE", "the token is of another service account");
}

/** The secret is the audience, and in its next lines the private key (PEM) that stands in for Google's. */
function sign({ secret, now, options }: SignInput<GcpPubsubOptions>): Signed {
  const [aud = "", ...pem] = secret.split("\n");
  if (pem.length === 0)
    throw new GatewayError("USAGE", "Only Google can sign: nothing can be sent as Pub/Sub.");
  const iat = Math.floor(now / 1000);
  const claims = {
    aud,
    iat,
    exp: iat + 3600,
    iss: issuers[0],
    email: options.serviceAccount,
    email_verified: true,
  };
  const key = createPrivateKey(pem.join("\n"));
  return {
    headers: { Authorization: prefix + makePublicJws("RS256", key, { keyId: "sample", claims }) },
  };
}
