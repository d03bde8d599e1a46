/** A sender that puts a token of HS256 beside the body (RFC 7519), with the body's digest among its claims or without. */
import { hash } from "node:crypto";
import { defineProvider, type ProviderFunction } from "../../core/define.ts";
import { GatewayError } from "../../core/errors.ts";
import type { Signed, SignInput, Verdict, VerifyInput } from "../../core/types.ts";
import { textAt } from "../../kit/json-path.ts";
import { headerOf } from "../../kit/raw-headers.ts";
import { sameText } from "../../kit/same-text.ts";
import { type Greets, type Known, signedBy } from "./declared.ts";
import { greeting, handshakeMarks } from "./handshakes.ts";
import type { Draft } from "./hmac-sign.ts";
import { judgeHmacJws, judgeTimes, makeHmacJws, parseJws } from "./jws.ts";
import { identifyBy, type Names, nameFacts, putNames } from "./telling.ts";
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
    /** Claims whose text is an option's: signed, and held against the token's, where the source has that option. */
    readonly optionClaims?: Readonly<Record<string, string>>;
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
export function declareJwtProvider<Options = object>(
  declaration: JwtDeclaration,
): ProviderFunction<Options> {
  const { token, bodyHash, claims, optionClaims, urlClaim, requestClaim, dated, ...rest } =
    declaration;
  const { id, type, time, handshakes = [], ...known } = rest;
  const coversBody = bodyHash !== undefined;
  return defineProvider<Options>({
    ...known,
    ...greeting(handshakes),
    scheme: {
      place: { header: token.header },
      algorithm: "JWT HS256",
      key: "utf8",
      dated: dated === "iat",
      coversBody,
      ...nameFacts({ id, type }),
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
  declaration: JwtDeclaration,
  given: Readonly<Record<string, unknown>> | undefined,
  input: VerifyInput,
): Rejection | undefined {
  if (given === undefined) return rejected("INVALID_FORMAT", "the token's claims are no object");
  const { dated } = declaration;
  const late = judgeTimes(given, input, dated === "iat");
  if (late) return late;
  if (dated === "exp" && given["exp"] === undefined) {
    return rejected("INVALID_FORMAT", "the token has no end (exp)");
  }
  const { request, url, options } = input;
  const expected = claimsOf(declaration, { request, body: request.body, url, options });
  const wrong = Object.entries(expected).find(([name, text]) => !isSame(given[name], text));
  return wrong && rejected("INVALID_SIGNATURE", `the token's ${wrong[0]} is not this request's`);
}

/** The padding of base64 is left off by some. */
function isSame(claim: unknown, text: string | undefined): boolean {
  if (typeof claim !== "string" || text === undefined) return false;
  return sameText(claim.replace(/={1,2}$/, ""), text.replace(/={1,2}$/, ""));
}

/** What is claimed of, whether it came or goes out. */
type Claimed = {
  readonly request: Addressed;
  readonly body: Buffer;
  readonly url: string | undefined;
  readonly options: unknown;
};

/** The claims that must be this request's; undefined where there is nothing to make one of. */
function claimsOf(
  { bodyHash, claims, optionClaims = {}, urlClaim, requestClaim }: JwtDeclaration,
  { request, body, url, options }: Claimed,
): Readonly<Record<string, string | undefined>> {
  const chosen = Object.entries(optionClaims).flatMap(([claim, option]) => {
    const text = textAt(options, option);
    return text === undefined ? [] : [[claim, text] as const];
  });
  return {
    ...claims,
    ...Object.fromEntries(chosen),
    ...(urlClaim && { [urlClaim]: url }),
    ...(requestClaim && { [requestClaim.claim]: requestClaim.of(request) }),
    ...(bodyHash && { [bodyHash.claim]: hash("sha256", body, bodyHash.encoding) }),
  };
}

function sign(declaration: JwtDeclaration, input: SignInput): Signed {
  const { token, dated } = declaration;
  const { body, url, options } = input;
  const iat = Math.floor(input.now / 1000);
  const { pathname, search } = new URL(url ?? "https://localhost/");
  const request = { method: "POST", path: pathname, query: search.slice(1) };
  const made = makeHmacJws(input.secret, {
    ...(dated === undefined ? {} : { iat }),
    ...(dated === "exp" ? { exp: iat + 300 } : {}),
    ...claimsOf(declaration, { request, body, url, options }),
  });
  if (made === undefined) throw new GatewayError("USAGE", "The secret is empty: give one.");
  const draft: Draft = { headers: {}, query: new URLSearchParams(), body };
  putNames(draft, declaration, input);
  draft.headers[token.header] = `${token.prefix ?? ""}${made}`;
  return signedBy(draft, input);
}
