import { GatewayError } from "../../core/errors.ts";
import type { SignInput, Verdict, VerifyInput } from "../../core/types.ts";
import { headerOf } from "../../kit/raw-headers.ts";
import type { Content, DigestForm } from "./hmac.ts";
import { anyFits, digestOf, literalKey } from "./hmac.ts";
import { keys } from "./hmac-plan.ts";
import { judgeSecrets, rejected } from "./verdict.ts";

/** A header that is one digest, under the secret as it is written. */
export type HeaderHmac = {
  /** In lower case. */
  readonly header: string;
  /** What stands before the digest. */
  readonly prefix: string;
  readonly form: DigestForm;
};

/** Judges a request by the digest of its content under any live secret. */
export function verifyHeaderHmac(
  { header, prefix, form }: HeaderHmac,
  { request, secrets, keyForm = "utf8" }: Pick<VerifyInput, "request" | "secrets" | "keyForm">,
  content: Content,
): Verdict {
  const given = headerOf(request.headers, header);
  if (given === undefined || given === "") {
    return rejected("MISSING_SIGNATURE", `no ${header} header`);
  }
  const digest = given.startsWith(prefix) ? form.read(given.slice(prefix.length)) : undefined;
  if (digest === undefined) {
    const expected = `${prefix}<${form.algorithm} in ${form.encoding}>`;
    return rejected("INVALID_FORMAT", `${header} is not ${expected}`);
  }
  const candidates = [digest];
  return judgeSecrets(secrets, keys[keyForm], (key) => anyFits(candidates, form, { key, content }));
}

/** The header's value for a content. */
export function signHeaderHmac(
  { prefix, form }: HeaderHmac,
  { secret }: Pick<SignInput, "secret">,
  content: Content,
): string {
  const key = literalKey(secret);
  if (key === undefined) throw new GatewayError("USAGE", "The secret is empty: give one.");
  return prefix + digestOf(form, key, content);
}
