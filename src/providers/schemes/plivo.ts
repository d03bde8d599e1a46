/** What Plivo's two signatures share: where they stand, how they are compared, and what names an event. */
import { defineProvider, type ProviderFunction } from "../../core/define.ts";
import { GatewayError } from "../../core/errors.ts";
import type {
  EventIdentity,
  IdentifyInput,
  ProviderFacts,
  Request,
  Signed,
  SignInput,
  Verdict,
  VerifyInput,
} from "../../core/types.ts";
import { isForm } from "../../kit/form.ts";
import { parseJson } from "../../kit/json-path.ts";
import { headerOf, headersOf } from "../../kit/raw-headers.ts";
import { anyFits, digestForm, digestOf, literalKey } from "./hmac.ts";
import { keys } from "./hmac-plan.ts";
import { identityOf, own, typeFrom } from "./identity.ts";
import { judgeSecrets, type Rejection, rejected } from "./verdict.ts";

const form = digestForm("sha256", "base64");
const formType = "application/x-www-form-urlencoded";

/** What of a request Plivo signs; a refusal where it can't have signed it. */
export type PlivoContent = (
  url: string,
  request: Pick<Request, "headers" | "body">,
  nonce: string,
) => string | Rejection;

type Version = Pick<ProviderFacts, "name" | "title" | "docs" | "notCovered"> & {
  readonly version: "V2" | "V3";
  readonly coversBody: boolean;
  readonly signed: string;
  readonly content: PlivoContent;
};

/** Makes the provider of one of Plivo's signatures. */
/* @__NO_SIDE_EFFECTS__ */
export function declarePlivo(declaration: Version): ProviderFunction<object> {
  const { version, coversBody, signed, content, ...known } = declaration;
  const names = [`X-Plivo-Signature-${version}`, `X-Plivo-Signature-Ma-${version}`] as const;
  const places = { names, nonce: `X-Plivo-Signature-${version}-Nonce` };
  return defineProvider({
    ...known,
    evidence: { kind: "sdk", source: "plivo@4.79.0" },
    ...(coversBody ? {} : { assurance: "authenticated" as const }),
    marks: () => names.map((name) => name.toLowerCase()),
    signsUrl: () => true,
    scheme: {
      place: { header: names[0] },
      algorithm: "HMAC SHA-256, base64",
      key: "utf8",
      dated: false,
      coversBody,
      signed,
    },
    verify: (input) => {
      const verdict = verify(places, content, input);
      return verdict.kind === "verified" && !coversBody
        ? { kind: "authenticated", secret: verdict.secret }
        : verdict;
    },
    sign: (input) => sign(places, content, input),
    identify,
  });
}

/** The address without its query, as Plivo signs it. */
export function plivoAddress(url: string): string {
  return url.split(/[?#]/, 1)[0] as string;
}

type Places = { readonly names: readonly [string, string]; readonly nonce: string };

/** Lists of signatures, by the account's token and by its main account's. */
function verify({ names, nonce }: Places, content: PlivoContent, input: VerifyInput): Verdict {
  const { request, url, secrets, keyForm = "utf8" } = input;
  if (url === undefined) return rejected("VERIFICATION_FAILED", "no publicUrl is set");
  const given = names.flatMap((name) => headersOf(request.headers, name.toLowerCase())).join(",");
  if (given.replaceAll(",", "") === "") return rejected("MISSING_SIGNATURE", `no ${names[0]}`);
  const candidates = given.split(",").flatMap((text) => form.read(text.trim()) ?? []);
  if (candidates.length === 0) {
    return rejected("INVALID_FORMAT", `${names[0]} is no list of HMAC SHA-256 in base64`);
  }
  const once = headerOf(request.headers, nonce.toLowerCase()) ?? "";
  // Of another form it could hold what the other version signs, or the end of what is signed before it.
  if (!/^[\w-]{1,128}$/.test(once))
    return rejected("INVALID_FORMAT", `no ${nonce} of letters and digits`);
  const text = content(url, request, once);
  if (typeof text !== "string") return text;
  return judgeSecrets(secrets, keys[keyForm], (key) =>
    anyFits(candidates, form, { key, content: [text] }),
  );
}

/** JSON becomes the form that Plivo sends. */
function sign({ names, nonce }: Places, content: PlivoContent, input: SignInput): Signed {
  const { url, contentType = "", id, secret } = input;
  if (url === undefined) throw new GatewayError("USAGE", "Plivo signs its URL: set publicUrl.");
  const key = literalKey(secret);
  if (key === undefined) throw new GatewayError("USAGE", "The secret is empty: give one.");
  const body = isForm(["content-type", contentType]) ? input.body : formOf(input.body);
  const text = content(url, { headers: ["content-type", formType], body }, id);
  if (typeof text !== "string")
    throw new GatewayError("USAGE", `It can't be signed: ${text.detail}.`);
  return {
    headers: { "content-type": formType, [nonce]: id, [names[0]]: digestOf(form, key, [text]) },
    body,
  };
}

function formOf(body: Buffer): Buffer {
  const payload = parseJson(body);
  if (typeof payload !== "object" || payload === null) {
    throw new GatewayError("USAGE", "Plivo sends forms: give one, or a JSON object of its fields.");
  }
  const fields = Object.entries(payload).map(([name, value]): [string, string] => [
    name,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return Buffer.from(String(new URLSearchParams(fields)), "utf8");
}

/** A call's event or state, a text's status; the same id comes with each of them, so it names none. */
function identify({ request, body }: IdentifyInput): EventIdentity {
  const fields = isForm(request.headers)
    ? Object.fromEntries(new URLSearchParams(body.toString("utf8")))
    : parseJson(body);
  const named = ["Event", "CallStatus", "Status", "Type"].map((name) => own(fields, name));
  const type = typeFrom(named.find((value) => value !== undefined && value !== ""));
  return identityOf({ type, dedupe: { by: "content" }, id: undefined, occurredAt: undefined });
}
