import { createPrivateKey, hash } from "node:crypto";
import { defineProvider } from "../core/define.ts";
import { GatewayError } from "../core/errors.ts";
import type { KeyAsk, Signed, SignInput, Verdict, VerifyInput } from "../core/types.ts";
import { parseJson } from "../kit/json-path.ts";
import { headerOf } from "../kit/raw-headers.ts";
import { sameText } from "../kit/same-text.ts";
import { environmentSetting } from "./schemes/environment.ts";
import { own } from "./schemes/identity.ts";
import {
  fitsPublicKey,
  type Jws,
  judgeTimes,
  keyOfJwk,
  makePublicJws,
  parseJws,
} from "./schemes/jws.ts";
import { identifyBy } from "./schemes/telling.ts";
import { rejected } from "./schemes/verdict.ts";

/** Options of `plaid` beside those of every source; its secret is the one of Plaid's API, by which the keys are asked for. */
export type PlaidOptions = {
  readonly clientId: string;
  /** Default `production`. */
  readonly environment?: "production" | "sandbox";
};

const header = "plaid-verification";

/** Plaid: a token by ES256 with the body's digest; its key is asked for by its id, with the secret of the API. */
export const plaid = defineProvider<PlaidOptions>({
  name: "plaid",
  title: "Plaid",
  docs: "https://plaid.com/docs/api/webhooks/webhook-verification/",
  evidence: {
    kind: "docs",
    source: "https://plaid.com/docs/api/webhooks/webhook-verification/",
    readOn: "2026-11-21",
    read: "Plaid-Verification: a JWT by ES256 with kid; /webhook_verification_key/get gives its JWK for client_id, secret and key_id; iat at most 5 minutes ago; request_body_sha256",
  },
  notCovered: "whose it is: Plaid's keys sign for each of its clients",
  deadlineSeconds: 10,
  retries: true,
  settings: {
    clientId: { kind: "text", words: "The client id of Plaid's API." },
    environment: environmentSetting,
  },
  scheme: {
    place: { header: "Plaid-Verification" },
    algorithm: "JWT ES256",
    key: "p256",
    dated: true,
    coversBody: true,
    type: [{ json: "webhook_type" }, { json: "webhook_code" }],
  },
  marks: () => [header],
  material: (input) => asks(input),
  verify,
  sign,
  identify: (input) =>
    identifyBy({ type: [{ json: "webhook_type" }, { json: "webhook_code" }] }, input),
});

function tokenOf({ request }: Pick<VerifyInput, "request">): Jws | undefined {
  const jws = parseJws(headerOf(request.headers, header) ?? "", "ES256");
  return jws?.keyId !== undefined && /^[\w-]{1,128}$/.test(jws.keyId) ? jws : undefined;
}

function asks(input: VerifyInput<PlaidOptions>): readonly KeyAsk[] {
  const { keyId } = tokenOf(input) ?? {};
  if (keyId === undefined || input.secrets.length === 0) return [];
  const { clientId, environment = "production" } = input.options;
  const url = `https://${environment}.plaid.com/webhook_verification_key/get`;
  // While secrets are changed, Plaid may know any one of them.
  const bodies = input.secrets.map(({ value }) => ({
    client_id: clientId,
    secret: value,
    key_id: keyId,
  }));
  return [{ kind: "key", name: nameOf(input.options, keyId), url, bodies }];
}

function nameOf({ environment = "production" }: PlaidOptions, keyId: string): string {
  return `plaid ${environment} ${keyId}`;
}

function verify(input: VerifyInput<PlaidOptions>): Verdict {
  const { request, options, secrets, material } = input;
  if (!headerOf(request.headers, header))
    return rejected("MISSING_SIGNATURE", `no ${header} header`);
  const jws = tokenOf(input);
  if (jws?.keyId === undefined) {
    return rejected("INVALID_FORMAT", `${header} is not a JWT by ES256 with a key id`);
  }
  const text = material?.found.get(nameOf(options, jws.keyId)) ?? "";
  const jwk = own(parseJson(Buffer.from(text, "utf8")), "key");
  const key = keyOfJwk(jwk);
  const [secret] = secrets;
  if (key === undefined || secret === undefined || !fitsPublicKey(jws, "ES256", key)) {
    return rejected("INVALID_SIGNATURE", "Plaid's key did not make this token");
  }
  const claims = jws.claims() ?? {};
  const late = judgeTimes(claims, input, true);
  if (late) return late;
  const { request_body_sha256: given, iat } = claims;
  const ended = own(jwk, "expired_at");
  if (typeof ended === "number" && Number(iat) > ended) {
    return rejected("INVALID_SIGNATURE", "the token is younger than its key's end");
  }
  const made = hash("sha256", request.body, "hex");
  return typeof given === "string" && sameText(given, made)
    ? { kind: "verified", secret: secret.name }
    : rejected("INVALID_SIGNATURE", "the token's request_body_sha256 is not this body's");
}

/** The secret is a private key (PEM) that stands in for Plaid's. */
function sign({ secret, now, body }: SignInput<PlaidOptions>): Signed {
  if (!secret.includes("-----BEGIN")) {
    throw new GatewayError("USAGE", "Only Plaid can sign: nothing can be sent as Plaid.");
  }
  const claims = {
    iat: Math.floor(now / 1000),
    request_body_sha256: hash("sha256", body, "hex"),
  };
  const token = makePublicJws("ES256", createPrivateKey(secret), { keyId: "sample", claims });
  return { headers: { "Plaid-Verification": token } };
}
