/**
 * A sender that shows a token of its own identity (OpenID Connect, RS256) for an audience, by keys that its
 * issuer publishes. The source's secrets are the audiences. Such a token says who sends, and nothing about what.
 */
import { createPrivateKey } from "node:crypto";
import { defineProvider, type Provider, type ProviderFunction } from "../../core/define.ts";
import { GatewayError } from "../../core/errors.ts";
import type { OwnSettings } from "../../core/plain-setting.ts";
import type { Signed, SignInput, Verdict, VerifyInput } from "../../core/types.ts";
import { headerOf } from "../../kit/raw-headers.ts";
import { sameText } from "../../kit/same-text.ts";
import type { Known } from "./declared.ts";
import type { HandshakeShape } from "./handshake-shape.ts";
import { greeting } from "./handshakes.ts";
import { fitsPublicKey, type Jws, judgeTimes, keyOfSet, makePublicJws, parseJws } from "./jws.ts";
import { notEmpty } from "./seal.ts";
import { nameFacts, type Telling, tellingOf } from "./telling.ts";
import { judgeSecrets, type Rejection, rejected } from "./verdict.ts";

type Claims = Readonly<Record<string, unknown>>;

/** Such a sender as data. */
export type BearerDeclaration<Options> = Known &
  Telling &
  Pick<Provider<Options>, "conflicts"> & {
    /** Who makes the keys, in words. */
    readonly issuer: string;
    readonly settings?: OwnSettings;
    readonly handshakes?: readonly HandshakeShape[];
    /** Where the keys are of a token that says so; nothing where it isn't the issuer's. Pinned. */
    readonly keysUrl: (claims: Claims, options: Options) => string | undefined;
    /** Whether the claims are those of the sender that the source names. */
    readonly isSender: (claims: Claims, options: Options) => boolean;
    /** Such claims, to sign. */
    readonly claimsOf: (options: Options) => Claims;
  };

const prefix = "Bearer ";

/** Makes a provider of such a sender. */
/* @__NO_SIDE_EFFECTS__ */
export function declareBearerProvider<Options>(
  declaration: BearerDeclaration<Options>,
): ProviderFunction<Options> {
  const { issuer, keysUrl, isSender, claimsOf, handshakes = [], ...rest } = declaration;
  const { id, type, time, batch, ...known } = rest;
  return defineProvider<Options>({
    notCovered: "the body: who has one token can send any body until it ends",
    ...known,
    ...greeting(handshakes),
    assurance: "authenticated",
    scheme: {
      place: { header: "Authorization" },
      algorithm: "JWT RS256",
      key: "rsa",
      dated: false,
      coversBody: false,
      ...nameFacts({ id, type }),
    },
    marks: () => ["authorization"],
    material: (input) => {
      const jws = tokenOf(input);
      const url = jws && keysUrl(jws.claims() ?? {}, input.options);
      return url === undefined ? [] : [{ kind: "keys", name: url, url, keyId: jws?.keyId ?? "" }];
    },
    verify: (input) => verify(declaration, input),
    sign: (input) => sign(declaration, input),
    ...tellingOf(declaration),
  });
}

/** A token with a key's id. */
function tokenOf({ request }: Pick<VerifyInput, "request">): Jws | undefined {
  const given = headerOf(request.headers, "authorization") ?? "";
  const jws = given.startsWith(prefix) ? parseJws(given.slice(prefix.length), "RS256") : undefined;
  return jws?.keyId === undefined ? undefined : jws;
}

function verify<Options>(
  { issuer, keysUrl, isSender }: BearerDeclaration<Options>,
  input: VerifyInput<Options>,
): Verdict {
  const { request, material, options, secrets } = input;
  if (!headerOf(request.headers, "authorization")) {
    return rejected("MISSING_SIGNATURE", "no Authorization header");
  }
  const jws = tokenOf(input);
  if (jws === undefined) {
    return rejected("INVALID_FORMAT", "Authorization is not Bearer <JWT by RS256 with a key id>");
  }
  const claims = jws.claims() ?? {};
  const url = keysUrl(claims, options) ?? "";
  const key = keyOfSet(material?.found.get(url) ?? "", jws.keyId ?? "");
  if (key === undefined || !fitsPublicKey(jws, "RS256", key)) {
    return rejected("INVALID_SIGNATURE", `none of ${issuer}'s keys made this token`);
  }
  const wrong = judgeTimes(claims, input, false) ?? endless(claims);
  if (wrong) return wrong;
  if (!isSender(claims, options)) {
    return rejected("INVALID_SIGNATURE", "the token is of another sender");
  }
  const audience = typeof claims["aud"] === "string" ? claims["aud"] : "";
  const verdict = judgeSecrets(secrets, notEmpty, (one) => sameText(one, audience));
  return verdict.kind === "verified" ? { kind: "authenticated", secret: verdict.secret } : verdict;
}

function endless({ exp }: Claims): Rejection | undefined {
  return exp === undefined ? rejected("INVALID_FORMAT", "the token has no end (exp)") : undefined;
}

/** The secret is the audience, and in its next lines the private key (PEM) that stands in for the issuer's. */
function sign<Options>(
  { issuer, title, claimsOf }: BearerDeclaration<Options>,
  { secret, now, options }: SignInput<Options>,
): Signed {
  const [aud = "", ...pem] = secret.split("\n");
  if (pem.length === 0) {
    throw new GatewayError("USAGE", `Only ${issuer} can sign: nothing can be sent as ${title}.`);
  }
  const iat = Math.floor(now / 1000);
  const claims = { aud, iat, exp: iat + 3600, ...claimsOf(options) };
  const token = makePublicJws("RS256", createPrivateKey(pem.join("\n")), {
    keyId: "sample",
    claims,
  });
  return { headers: { Authorization: prefix + token } };
}
