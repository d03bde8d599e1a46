/** A sender that puts a token of HS256 beside the body (RFC 7519), with the body's digest among its claims or without. */
import { hash } from "node:crypto";
import { defineProvider, type ProviderFunction } from "../../core/define.ts";
import { GatewayError } from "../../core/errors.ts";
import type { Signed, SignInput, Verdict, VerifyInput } from "../../core/types.ts";
import { headerOf } from "../../kit/raw-headers.ts";
import { sameText } from "../../kit/same-text.ts";
import { type Greets, identifyBy, type Known, type Names, putNames, signedBy } from "./declared.ts";
import { greeting, handshakeMarks } from "./handshakes.ts";
import type { Draft } from "./hmac-sign.ts";
import { judgeHmacJws, judgeTimes, makeHmacJws, parseJws } from "./jws.ts";
import { type Rejection, rejected } from "./verdict.ts";

/** A sender of such tokens as data. */
export type JwtDeclaration = Known &
  Names &
  Greets & {
    readonly token: { readonly header: string; readonly prefix?: string };
    /** The claim with the body's SHA-256. */
    readonly bodyHash?: {
      readonly claim: string;
      readonly encoding: "hex" | "base64" | "base64url";
    };
    /** Claims that have one text always, such as `iss`. */
    readonly claims?: Readonly<Record<string, string>>;
    /** The claim that is the address that the sender was given. */
    readonly urlClaim?: string;
    /** A claim made of the request. */
    readonly requestClaim?: { readonly claim: string; readonly of: (at: Addressed) => string };
    /** `iat`: when it was made, held against the tolerance. `exp`: it must have an end. */
    readonly dated?: "iat" | "exp";
  };

/** What a claim of the request is made of. */
export type Addressed = { readonly method: string; readonly path: string; readonly query: string };

/** Makes a provider of such a sender. */
/* @__NO_SIDE_EFFECTS__ */
export function declareJwtProvider(declaration: JwtDeclaration): ProviderFunction<object> {
  const { token, bodyHash, claims, urlClaim, requestClaim, dated, ...rest } = declaration;
  const { id, type, time, handshakes = [], ...known } = rest;
  const coversBody = bodyHash !== undefined;
  return defineProvider({
    ...known,
    ...greeting(handshakes),
    scheme: {
      place: { header: token.header },
      algorithm: "JWT HS256",
      key: "utf8",
      dated: dated === "iat",
      coversBody,
    },
    ...(coversBody ? {} : { assurance: "authenticated" as const }),
    marks: () => [token.header.toLowerCase(), ...handshakeMarks(handshakes)],
    signsUrl: () => urlClaim !== undefined,
    verify: (input) => verify(declaration, input),
    sign: (input) => sign(declaration, input),
    // An id stands in the body or in an unsigned header: bound where the body's digest is among the claims.
    identify: (input) =>
      identifyBy(declaration, input, { content: coversBody ? ["body"] : [], coversBody }),
  });
}

function verify(declaration: JwtDeclaration, input: VerifyInput): Verdict {
  const { header, prefix = "" } = declaration.token;
  const given = headerOf(input.request.headers, header.toLowerCase());
  if (given === undefined || given === "") {
    return rejected("MISSING_SIGNATURE", `no token in ${header}`);
  }
  const jws = given.startsWith(prefix) ? parseJws(given.slice(prefix.length), "HS256") : undefined;
  if (jws === undefined) {
    return rejected("INVALID_FORMAT", `${header} is not ${prefix}<JWT by HS256>`);
  }
  const verdict = judgeHmacJws(input.secrets, jws);
  if (verdict.kind !== "verified") return verdict;
  const wrong = judgeClaims(declaration, jws.claims(), input);
  if (wrong) return wrong;
  return declaration.bodyHash ? verdict : { kind: "authenticated", secret: verdict.secret };
}

function judgeClaims(
  { bodyHash, claims = {}, urlClaim, requestClaim, dated }: JwtDeclaration,
  given: Readonly<Record<string, unknown>> | undefined,
  input: VerifyInput,
): Rejection | undefined {
  if (given === undefined) return rejected("INVALID_FORMAT", "the token's claims are no object");
  const late = judgeTimes(given, input, dated === "iat");
  if (late) return late;
  if (dated === "exp" && given["exp"] === undefined) {
    return rejected("INVALID_FORMAT", "the token has no end (exp)");
  }
  const expected: readonly (readonly [string, string | undefined])[] = [
    ...Object.entries(claims),
    ...(urlClaim === undefined ? [] : [[urlClaim, input.url] as const]),
    ...(requestClaim === undefined
      ? []
      : [[requestClaim.claim, requestClaim.of(input.request)] as const]),
    ...(bodyHash === undefined
      ? []
      : [[bodyHash.claim, hash("sha256", input.request.body, bodyHash.encoding)] as const]),
  ];
  const wrong = expected.find(([name, text]) => !isSame(given[name], text));
  return wrong && rejected("INVALID_SIGNATURE", `the token's ${wrong[0]} is not this request's`);
}

/** The padding of base64 is left off by some. */
function isSame(claim: unknown, text: string | undefined): boolean {
  if (typeof claim !== "string" || text === undefined) return false;
  return sameText(claim.replace(/={1,2}$/, ""), text.replace(/={1,2}$/, ""));
}

function sign(declaration: JwtDeclaration, input: SignInput): Signed {
  const { token, bodyHash, claims, urlClaim, requestClaim, dated } = declaration;
  const iat = Math.floor(input.now / 1000);
  const { pathname, search } = new URL(input.url ?? "https://localhost/");
  const made = makeHmacJws(input.secret, {
    ...claims,
    ...(dated === undefined ? {} : { iat }),
    ...(dated === "exp" ? { exp: iat + 300 } : {}),
    ...(urlClaim === undefined ? {} : { [urlClaim]: input.url }),
    ...(requestClaim === undefined
      ? {}
      : {
          [requestClaim.claim]: requestClaim.of({
            method: "POST",
            path: pathname,
            query: search.slice(1),
          }),
        }),
    ...(bodyHash === undefined
      ? {}
      : { [bodyHash.claim]: hash("sha256", input.body, bodyHash.encoding) }),
  });
  if (made === undefined) throw new GatewayError("USAGE", "The secret is empty: give one.");
  const draft: Draft = { headers: {}, query: new URLSearchParams(), body: input.body };
  putNames(draft, declaration, input);
  draft.headers[token.header] = `${token.prefix ?? ""}${made}`;
  return signedBy(draft, input);
}
