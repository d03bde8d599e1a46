/** A sender that proves itself by a token: it says who sent a request, and nothing about what. */
import { defineProvider, type ProviderFunction } from "../../core/define.ts";
import type { SignInput, Verdict, VerifyInput } from "../../core/types.ts";
import { sameText } from "../../kit/same-text.ts";
import { type Greets, type Known, requestView, signedBy } from "./declared.ts";
import { greeting, handshakeMarks } from "./handshakes.ts";
import { lowered, select } from "./hmac-plan.ts";
import type { Selector } from "./hmac-settings.ts";
import { type Draft, put } from "./hmac-sign.ts";
import { marksOf, placeFacts, selectorsOf } from "./places.ts";
import { notEmpty } from "./seal.ts";
import { nameFacts, putNames, type Telling, tellingOf } from "./telling.ts";
import { judgeSecrets, rejected } from "./verdict.ts";

/** A token sender as data. */
export type TokenDeclaration = Known &
  Telling &
  Greets & {
    readonly token:
      | { readonly header: string; readonly prefix?: string }
      /** `Authorization: Basic`; the secret is `user:password`. */
      | { readonly basic: true }
      | { readonly query: string }
      | { readonly field: string };
  };

/** Makes a provider of a token sender; its events are `authenticated`, never `verified`. */
/* @__NO_SIDE_EFFECTS__ */
export function declareTokenProvider(declaration: TokenDeclaration): ProviderFunction<object> {
  const { token, id, type, time, batch, handshakes = [], ...known } = declaration;
  const place = "basic" in token ? { header: "authorization" } : token;
  const at = selectorsOf(place)[0] as Selector;
  const spell = spellingOf(token);
  return defineProvider({
    notCovered: "all: who knows the token can send any body",
    ...known,
    ...greeting(handshakes),
    scheme: {
      place: placeFacts(place),
      algorithm: "basic" in token ? "Basic credentials" : "token",
      key: "utf8",
      dated: false,
      coversBody: false,
      ...nameFacts({ id, type }),
    },
    assurance: "authenticated",
    marks: () => [...marksOf([at]), ...handshakeMarks(handshakes)],
    verify: (input) => verify(at, spell, input),
    sign: (input: SignInput) => {
      const draft: Draft = { headers: {}, query: new URLSearchParams(), body: input.body };
      putNames(draft, declaration, input);
      put(draft, at, spell(input.secret));
      return signedBy(draft, input);
    },
    ...tellingOf(declaration),
  });
}

function spellingOf(token: TokenDeclaration["token"]): (secret: string) => string {
  if ("basic" in token) {
    return (secret) => `Basic ${Buffer.from(secret, "utf8").toString("base64")}`;
  }
  const prefix = "header" in token ? (token.prefix ?? "") : "";
  return (secret) => prefix + secret;
}

function verify(at: Selector, spell: (secret: string) => string, input: VerifyInput): Verdict {
  const given = select(requestView(input), lowered(at));
  if (given === undefined || given === "") {
    return rejected("MISSING_SIGNATURE", `no token at ${JSON.stringify(at)}`);
  }
  const verdict = judgeSecrets(input.secrets, notEmpty, (secret) => sameText(given, spell(secret)));
  return verdict.kind === "verified" ? { kind: "authenticated", secret: verdict.secret } : verdict;
}
