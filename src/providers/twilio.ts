import { createHash } from "node:crypto";
import { defineProvider } from "../core/define.ts";
import { GatewayError } from "../core/errors.ts";
import type { Request, Signed, SignInput, Verdict, VerifyInput } from "../core/types.ts";
import { isForm } from "../kit/form.ts";
import { headerOf } from "../kit/raw-headers.ts";
import { sameText } from "../kit/same-text.ts";
import { type HeaderHmac, signHeaderHmac, verifyHeaderHmac } from "./schemes/header-hmac.ts";
import { type Content, digestForm } from "./schemes/hmac.ts";
import { byUnsignedId, identityOf, plainText, typeFrom } from "./schemes/identity.ts";
import { sortedForm } from "./schemes/signed-form.ts";
import { rejected } from "./schemes/verdict.ts";

const scheme: HeaderHmac = {
  header: "x-twilio-signature",
  prefix: "",
  form: digestForm("sha1", "base64"),
};

/**
 * Twilio: a digest of the URL and of a form's fields; of any other body the URL's `bodySHA256` has the
 * hash (https://www.twilio.com/docs/usage/webhooks/webhooks-security). The URL counts with and without
 * its standard port, as in the official SDKs.
 */
export const twilio = defineProvider({
  name: "twilio",
  title: "Twilio",
  docs: "https://www.twilio.com/docs/usage/webhooks/webhooks-security",
  evidence: { kind: "sdk", source: "twilio@6.2.0" },
  notCovered: "where a form's fields begin and end: names and values are signed run together",
  deadlineSeconds: 15,
  marks: () => [scheme.header],
  signsUrl: () => true,
  scheme: {
    place: { header: "X-Twilio-Signature" },
    algorithm: "HMAC SHA-1, base64",
    key: "utf8",
    dated: false,
    coversBody: true,
    signed: "url, and of a form its fields in order",
    id: { header: "I-Twilio-Idempotency-Token" },
  },
  verify,
  sign,
  identify: ({ request, body }) => {
    const fields = isForm(request.headers) ? new URLSearchParams(body.toString("utf8")) : undefined;
    const status = fields?.get("MessageStatus") ?? fields?.get("CallStatus") ?? undefined;
    const id = plainText(headerOf(request.headers, "i-twilio-idempotency-token"));
    const dedupe = byUnsignedId(id);
    return identityOf({ type: typeFrom(status), dedupe, id, occurredAt: undefined });
  },
});

function verify(input: VerifyInput): Verdict {
  const { request, url } = input;
  if (url === undefined) return rejected("VERIFICATION_FAILED", "no publicUrl is set");
  const fields = signedFields(request);
  if (typeof fields !== "string") return fields;
  const verdicts = urlsOf(url).map((one) => verifyHeaderHmac(scheme, input, [one, fields]));
  return verdicts.find(({ kind }) => kind === "verified") ?? (verdicts[0] as Verdict);
}

/** What is signed behind the URL: a form's fields; nothing where the URL has the body's hash. */
function signedFields(request: Request): string | Extract<Verdict, { kind: "rejected" }> {
  const hash = new URLSearchParams(request.query).get("bodySHA256");
  if (hash !== null) {
    const made = createHash("sha256").update(request.body).digest("hex");
    return sameText(hash.toLowerCase(), made)
      ? ""
      : rejected("INVALID_SIGNATURE", "bodySHA256 of the URL is not the body's hash");
  }
  if (isForm(request.headers)) return sortedForm(request.body);
  if (request.body.length === 0) return "";
  return rejected("INVALID_FORMAT", "neither a form nor bodySHA256: nothing would cover the body");
}

function urlsOf(url: string): readonly string[] {
  const match = /^(https?):\/\/([^/?#:]+)(:\d+)?(.*)$/s.exec(url);
  if (match === null) return [url];
  const [, protocol, host, port, rest] = match;
  const standard = protocol === "https" ? ":443" : ":80";
  if (port !== undefined && port !== standard) return [url];
  return [url, `${protocol}://${host}${port === undefined ? standard : ""}${rest}`];
}

function sign(input: SignInput): Signed {
  const { url, body, contentType = "" } = input;
  if (url === undefined) throw new GatewayError("USAGE", "Twilio signs its URL: set publicUrl.");
  const headers = (content: Content): Signed["headers"] => ({
    "I-Twilio-Idempotency-Token": input.id,
    "X-Twilio-Signature": signHeaderHmac(scheme, input, content),
  });
  if (isForm(["content-type", contentType])) return { headers: headers([url, sortedForm(body)]) };
  const query = `bodySHA256=${createHash("sha256").update(body).digest("hex")}`;
  return { headers: headers([`${url}${url.includes("?") ? "&" : "?"}${query}`]), query };
}
