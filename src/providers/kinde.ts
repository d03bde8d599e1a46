import { createPrivateKey } from "node:crypto";
import { defineProvider } from "../core/define.ts";
import { GatewayError } from "../core/errors.ts";
import type {
  EventIdentity,
  SecretValue,
  Signed,
  SignInput,
  Verdict,
  VerifyInput,
} from "../core/types.ts";
import { parseJson } from "../kit/json-path.ts";
import { bySignedId, identityOf, own, plainText, typeFrom } from "./schemes/identity.ts";
import { fitsPublicKey, type Jws, keyOfSet, makePublicJws, parseJws } from "./schemes/jws.ts";
import { parseTimestamp } from "./schemes/timestamp.ts";
import { rejected } from "./schemes/verdict.ts";

/** Kinde: the body is a token, whose keys the business publishes. The source's secrets are the addresses of businesses. */
export const kinde = defineProvider({
  name: "kinde",
  title: "Kinde",
  docs: "https://docs.kinde.com/integrate/webhooks/about-webhooks/",
  evidence: {
    kind: "unconfirmed",
    source:
      "its documentation says that the body is a JWT (application/jwt); algorithm, place of the keys and claims are public registries' words",
  },
  retries: true,
  marks: () => [],
  material: ({ request, secrets }) => {
    const { keyId } = tokenOf(request.body) ?? {};
    if (keyId === undefined) return [];
    return secrets.flatMap((one) => {
      const url = keysUrlOf(one);
      return url === undefined ? [] : [{ kind: "keys" as const, name: url, url, keyId }];
    });
  },
  verify,
  sign,
  identify: ({ body }) => identify(tokenOf(body)?.claims()),
});

/** Only such an address is ever asked, and only for its keys. */
function keysUrlOf({ value }: SecretValue): string | undefined {
  const host = /^https:\/\/([a-z0-9.-]{1,253})\/?$/.exec(value.trim())?.[1];
  return host === undefined ? undefined : `https://${host}/.well-known/jwks`;
}

function tokenOf(body: Buffer): Jws | undefined {
  return parseJws(body.toString("latin1").trim(), "RS256");
}

function verify({ request, secrets, material }: VerifyInput): Verdict {
  if (request.body.length === 0) return rejected("MISSING_SIGNATURE", "the body is empty");
  const jws = tokenOf(request.body);
  if (jws?.keyId === undefined) {
    return rejected("INVALID_FORMAT", "the body is not a JWT by RS256 with a key id");
  }
  const { keyId } = jws;
  let usable = 0;
  for (const secret of secrets) {
    const url = keysUrlOf(secret);
    if (url === undefined) continue;
    usable += 1;
    const key = keyOfSet(material?.found.get(url) ?? "", keyId);
    if (key !== undefined && fitsPublicKey(jws, "RS256", key)) {
      return { kind: "verified", secret: secret.name };
    }
  }
  if (usable === 0 && secrets.length > 0) {
    return rejected(
      "VERIFICATION_FAILED",
      "no secret is an address such as https://example.kinde.com",
    );
  }
  return rejected("INVALID_SIGNATURE", "no key of the businesses made this token");
}

function identify(claims: Readonly<Record<string, unknown>> | undefined): EventIdentity {
  const id = plainText(own(claims, "event_id"));
  const at = own(claims, "timestamp");
  return identityOf({
    type: typeFrom(own(claims, "type")),
    dedupe: bySignedId(id),
    id,
    occurredAt: typeof at === "string" ? parseTimestamp(at, "rfc3339") : undefined,
  });
}

/** The secret's lines behind the first are the private key (PEM) that stands in for the business's. */
function sign({ secret, body }: SignInput): Signed {
  const [, ...pem] = secret.split("\n");
  if (pem.length === 0)
    throw new GatewayError("USAGE", "Only Kinde can sign: nothing can be sent as Kinde.");
  const claims = parseJson(body);
  if (typeof claims !== "object" || claims === null) {
    throw new GatewayError("USAGE", "The body becomes claims: give a JSON object.");
  }
  const key = createPrivateKey(pem.join("\n"));
  return {
    headers: { "content-type": "application/jwt" },
    body: Buffer.from(makePublicJws("RS256", key, { keyId: "sample", claims })),
  };
}
