/** A sender that puts a token by HMAC beside the body (RFC 7519), with the body's digest among its claims or without. */
import { hash } from "node:crypto";
import { defineProvider, type ProviderFunction } from "../../core/define.ts";
import { GatewayError } from "../../core/errors.ts";
import type { ProviderFacts, Signed, SignInput, Verdict, VerifyInput } from "../../core/types.ts";
import { textAt } from "../../kit/json-path.ts";
import { headerOf } from "../../kit/raw-headers.ts";
import { sameText } from "../../kit/same-text.ts";
import { type Greets, type Known, signedBy } from "./declared.ts";
import { greeting, handshakeMarks } from "./handshakes.ts";
import type { Draft } from "./hmac-sign.ts";
import { type HmacJws, judgeHmacJws, judgeTimes, makeHmacJws, parseJws } from "./jws.ts";
import { identifyBy, type Names, nameFacts, putNames } from "./telling.ts";
import { type Rejection, rejected } from "./verdict.ts";

/** What of a sender can't be said as data: another token beside, by which it greets. */
type More = Pick<
  ProviderFacts,
  "handshake" | "handshakeWords" | "learns" | "material" | "signsUrl"
>;

/** A sender of such tokens as data. */
export type JwtDeclaration = Known &
  Names &
  Greets & {
    readonly more?: More;
    readonly token: { readonly header: string; readonly prefix?: string };
    /** Default HS256, by which it is signed here in any case. */
    readonly algorithms?: readonly HmacJws[];
    /** The claim with the body's SHA-256; `sparse`: an empty body has none. */
    readonly bodyHash?: HashClaim & { readonly sparse?: true };
    /** Claims that have one text always, such as `iss`. */
    readonly claims?: Readonly<Record<string, string>>;
    /** Claims whose text is an option's: signed, and held against the token's, where the source has that option. */
    readonly optionClaims?: Readonly<Record<string, string>>;
    /** The claim that is the address that the sender was given. */
    readonly urlClaim?: string;
    /** The claim with that address's SHA-256. */
    readonly urlHash?: HashClaim;
    /** The claim with an id of the token's own, which must be there. */
    readonly idClaim?: string;
    /** A claim made of the request. */
    readonly requestClaim?: { readonly claim: string; readonly of: (at: Addressed) => string };
    /** `iat`: when it was made, held against the tolerance. `exp`: it must have an end. */
    readonly dated?: "iat" | "exp";
  };

type HashClaim = { readonly claim: string; readonly encoding: "hex" | "base64" | "base64url" };

/** What a claim of the request is made of. */
export type Addressed = { readonly method: string; readonly path: string; readonly query: string };

/** Makes a provider of such a sender. */
/* @__NO_SIDE_EFFECTS__ */
export function declareJwtProvider<Options = object>(
  declaration: JwtDeclaration,
): ProviderFunction<Options> {
  const { token, bodyHash, claims, optionClaims, urlClaim, requestClaim, dated, ...rest } =
    declaration;
  const { urlHash, idClaim, algorithms = ["HS256"], more, ...named } = rest;
  const { id, type, time, handshakes = [], ...known } = named;
  const coversBody = bodyHash !== undefined;
  return defineProvider<Options>({
    ...known,
    ...greeting(handshakes),
    scheme: {
      place: { header: token.header },
      algorithm: `JWT ${algorithms.join(", ")}`,
      key: "utf8",
      dated: dated === "iat",
      coversBody,
      ...nameFacts({ id, type }),
    },
    ...(coversBody ? {} : { assurance: "authenticated" as const }),
    marks: () => [token.header.toLowerCase(), ...handshakeMarks(handshakes)],
    signsUrl: () => urlClaim !== undefined || urlHash !== undefined,
    verify: (input) => verify(declaration, input),
    sign: (input) => sign(declaration, input),
    // An id stands in the body or in an unsigned header: bound where the body's digest is among the claims.
    identify: (input) =>
      identifyBy(declaration, input, { content: coversBody ? ["body"] : [], coversBody }),
    ...(more as Partial<ProviderFacts<Options>>),
  });
}

function verify(declaration: JwtDeclaration, input: VerifyInput): Verdict {
  const { algorithms = ["HS256"], token } = declaration;
  const { header, prefix = "" } = token;
  const given = headerOf(input.request.headers, header.toLowerCase());
  if (given === undefined || given === "") {
    return rejected("MISSING_SIGNATURE", `no token in ${header}`);
  }
  const text = given.startsWith(prefix) ? given.slice(prefix.length) : "";
  const jws = parseJws(text, ...algorithms);
  if (jws === undefined) {
    return rejected(
      "INVALID_FORMAT",
      `${header} is not ${prefix}<JWT by ${algorithms.join(", ")}>`,
    );
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
  const { dated, idClaim } = declaration;
  const late = judgeTimes(given, input, dated === "iat");
  if (late) return late;
  if (dated === "exp" && given["exp"] === undefined) {
    return rejected("INVALID_FORMAT", "the token has no end (exp)");
  }
  if (idClaim !== undefined && textAt(given, idClaim) === undefined) {
    return rejected("INVALID_FORMAT", `the token has no id (${idClaim})`);
  }
  const { request, url, options } = input;
  const expected = claimsOf(declaration, { request, body: request.body, url, options });
  const wrong = Object.entries(expected).find(
    ([name, text]) => !(text === absent ? given[name] === undefined : isSame(given[name], text)),
  );
  return wrong && rejected("INVALID_SIGNATURE", `the token's ${wrong[0]} is not this request's`);
}

/** Stands for a claim that must not be there. */
const absent = Symbol("absent");

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
  { bodyHash, claims, optionClaims = {}, urlClaim, urlHash, requestClaim }: JwtDeclaration,
  { request, body, url, options }: Claimed,
): Readonly<Record<string, string | typeof absent | undefined>> {
  const chosen = Object.entries(optionClaims).flatMap(([claim, option]) => {
    const text = textAt(options, option);
    return text === undefined ? [] : [[claim, text] as const];
  });
  return {
    ...claims,
    ...Object.fromEntries(chosen),
    ...(urlClaim && { [urlClaim]: url }),
    ...(requestClaim && { [requestClaim.claim]: requestClaim.of(request) }),
    ...(urlHash && { [urlHash.claim]: url && hash("sha256", url, urlHash.encoding) }),
    ...(bodyHash && {
      [bodyHash.claim]:
        bodyHash.sparse && body.length === 0 ? absent : hash("sha256", body, bodyHash.encoding),
    }),
  };
}

function sign(declaration: JwtDeclaration, input: SignInput): Signed {
  const { token, dated, idClaim } = declaration;
  const { body, url, options } = input;
  const iat = Math.floor(input.now / 1000);
  const { pathname, search } = new URL(url ?? "https://localhost/");
  const request = { method: "POST", path: pathname, query: search.slice(1) };
  const made = makeHmacJws(input.secret, {
    ...(dated === undefined ? {} : { iat }),
    ...(dated === "exp" ? { exp: iat + 300 } : {}),
    ...(idClaim === undefined ? {} : { [idClaim]: input.id }),
    ...claimsOf(declaration, { request, body, url, options }),
  });
  if (made === undefined) throw new GatewayError("USAGE", "The secret is empty: give one.");
  const draft: Draft = { headers: {}, query: new URLSearchParams(), body };
  putNames(draft, declaration, input);
  draft.headers[token.header] = `${token.prefix ?? ""}${made}`;
  return signedBy(draft, input);
}
