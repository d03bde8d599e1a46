import { defineProvider } from "../core/define.ts";
import type { EventIdentity, IdentifyInput, Signed, SignInput } from "../core/types.ts";
import { isForm } from "../kit/form.ts";
import { parseJson } from "../kit/json-path.ts";
import { headerOf } from "../kit/raw-headers.ts";
import { type HeaderHmac, signHeaderHmac, verifyHeaderHmac } from "./schemes/header-hmac.ts";
import { digestForm } from "./schemes/hmac.ts";
import { byUnsignedId, identityOf, own, plainText, typeFrom } from "./schemes/identity.ts";

/** Lower-case hex only, as in @octokit/webhooks-methods; the legacy SHA-1 header is never read. */
const scheme: HeaderHmac = {
  header: "x-hub-signature-256",
  prefix: "sha256=",
  form: digestForm("sha256", "hex", "lower"),
};

/** GitHub: `X-Hub-Signature-256` over the body as sent (docs.github.com, "Validating webhook deliveries"). */
export const github = defineProvider({
  name: "github",
  title: "GitHub",
  docs: "https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries",
  evidence: { kind: "sdk", source: "@octokit/webhooks-methods@6.0.0" },
  maxBodyBytes: 25 * 1_048_576,
  addresses: "https://api.github.com/meta",
  retries: false,
  deadlineSeconds: 10,
  scheme: {
    place: { header: "X-Hub-Signature-256" },
    algorithm: "HMAC SHA-256, hex",
    key: "utf8",
    dated: false,
    coversBody: true,
    signed: "body",
    id: { header: "X-GitHub-Delivery" },
    type: [{ header: "X-GitHub-Event" }, { json: "action" }],
  },
  marks: () => [scheme.header],
  verify: (input) => verifyHeaderHmac(scheme, input, [input.request.body]),
  sign,
  identify,
});

function sign(input: SignInput): Signed {
  return {
    headers: {
      "X-GitHub-Event": input.type.split(".", 1)[0] as string,
      "X-GitHub-Delivery": input.id,
      "X-Hub-Signature-256": signHeaderHmac(scheme, input, [input.body]),
    },
  };
}

/** The delivery's id is the same when GitHub or a person delivers again, but no signature covers it. */
function identify(input: IdentifyInput): EventIdentity {
  const { headers } = input.request;
  const event = plainText(headerOf(headers, "x-github-event"));
  const action = event && plainText(own(payloadOf(input), "action"));
  const id = plainText(headerOf(headers, "x-github-delivery"));
  return identityOf({
    type: typeFrom(action ? `${event}.${action}` : event),
    dedupe: byUnsignedId(id),
    id,
    occurredAt: undefined,
  });
}

/** The payload, which hooks of content type `form` send in a form's field. */
function payloadOf(input: IdentifyInput): unknown {
  if (!isForm(input.request.headers)) return input.payload();
  const field = new URLSearchParams(input.body.toString("utf8")).get("payload");
  return field === null ? undefined : parseJson(Buffer.from(field, "utf8"));
}
