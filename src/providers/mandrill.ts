import { defineProvider } from "../core/define.ts";
import { GatewayError } from "../core/errors.ts";
import type { Signed, SignInput, Verdict, VerifyInput } from "../core/types.ts";
import { isForm } from "../kit/form.ts";
import { type HeaderHmac, signHeaderHmac, verifyHeaderHmac } from "./schemes/header-hmac.ts";
import { digestForm } from "./schemes/hmac.ts";
import { sortedForm } from "./schemes/signed-form.ts";
import { tellingOf } from "./schemes/telling.ts";
import { rejected } from "./schemes/verdict.ts";

const scheme: HeaderHmac = {
  header: "x-mandrill-signature",
  prefix: "",
  form: digestForm("sha1", "base64"),
};

/** Mailchimp Transactional (Mandrill): a digest of the URL and of a form's fields, of which one holds the events. */
export const mandrill = defineProvider({
  name: "mandrill",
  title: "Mailchimp Transactional (Mandrill)",
  docs: "https://mailchimp.com/developer/transactional/guides/track-respond-activity-webhooks/",
  evidence: {
    kind: "docs",
    source:
      "https://mandrill.zendesk.com/hc/en-us/articles/360039232513-How-to-Authenticate-Webhook-Requests",
    readOn: "2026-11-21",
    read: "X-Mandrill-Signature: HMAC-SHA1 in base64 over the URL and each POST variable's key and value, sorted by key",
  },
  notCovered: "where a form's fields begin and end: names and values are signed run together",
  decodes: "form",
  scheme: {
    place: { header: "X-Mandrill-Signature" },
    algorithm: "HMAC SHA-1, base64",
    key: "utf8",
    dated: false,
    coversBody: true,
  },
  marks: () => [scheme.header],
  signsUrl: () => true,
  verify,
  sign,
  // An item's `_id` is its message's: that of all that happens to it.
  ...tellingOf({
    batch: {
      items: "*",
      type: [{ json: "event" }, { json: "type" }, { json: "action" }],
      time: { json: "ts" },
    },
  }),
});

function verify(input: VerifyInput): Verdict {
  const { request, url } = input;
  if (url === undefined) return rejected("VERIFICATION_FAILED", "no publicUrl is set");
  if (!isForm(request.headers)) {
    return rejected("INVALID_FORMAT", "no form: nothing would cover the body");
  }
  return verifyHeaderHmac(scheme, input, [url, sortedForm(request.body)]);
}

/** JSON becomes the field that Mandrill sends it in. */
function sign(input: SignInput): Signed {
  const { url } = input;
  if (url === undefined) throw new GatewayError("USAGE", "Mandrill signs its URL: set publicUrl.");
  const form = new URLSearchParams({ mandrill_events: input.body.toString("utf8") });
  const body = Buffer.from(form.toString(), "utf8");
  return {
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "X-Mandrill-Signature": signHeaderHmac(scheme, input, [url, sortedForm(body)]),
    },
    body,
  };
}
