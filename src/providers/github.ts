import { defineProvider } from "../core/define.ts";
import { GatewayError } from "../core/errors.ts";
import type {
  EventIdentity,
  IdentifyInput,
  Signed,
  SignInput,
  Verdict,
  VerifyInput,
} from "../core/types.ts";
import { parseJson } from "../kit/json-path.ts";
import { headerOf } from "../kit/raw-headers.ts";
import { githubSample, githubSampleTypes } from "./samples/github.ts";
import { anyFits, digestForm, digestOf, literalKey } from "./schemes/hmac.ts";
import { byUnsignedId, identityOf, own, plainText, typeFrom } from "./schemes/identity.ts";
import { judgeSecrets, rejected } from "./schemes/verdict.ts";

/** Lower-case hex only, as in @octokit/webhooks-methods; the legacy SHA-1 header is never read. */
const form = digestForm("sha256", "hex", "lower");
const header = "x-hub-signature-256";
const prefix = "sha256=";

/** GitHub: `X-Hub-Signature-256` over the body as sent (docs.github.com, "Validating webhook deliveries"). */
export const github = defineProvider({
  name: "github",
  title: "GitHub",
  docs: "https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries",
  evidence: { kind: "sdk", source: "@octokit/webhooks-methods@6.0.0" },
  maxBodyBytes: 25 * 1_048_576,
  retries: false,
  deadlineSeconds: 10,
  marks: () => [header],
  verify,
  sign,
  identify,
  sample: githubSample,
  sampleTypes: githubSampleTypes,
});

function verify({ request, secrets }: VerifyInput): Verdict {
  const given = headerOf(request.headers, header);
  if (given === undefined || given === "") {
    return rejected("MISSING_SIGNATURE", `no ${header} header`);
  }
  const signature = given.startsWith(prefix) ? form.read(given.slice(prefix.length)) : undefined;
  if (signature === undefined) {
    return rejected("INVALID_FORMAT", `${header} is not sha256= and 64 lower-case hex digits`);
  }
  const candidates = [signature];
  const content = [request.body];
  return judgeSecrets(secrets, literalKey, (key) => anyFits(candidates, form, { key, content }));
}

function sign({ body, secret, id, type }: SignInput): Signed {
  const key = literalKey(secret);
  if (key === undefined) throw new GatewayError("USAGE", "The secret is empty: give one.");
  return {
    headers: {
      "X-GitHub-Event": type.split(".", 1)[0] as string,
      "X-GitHub-Delivery": id,
      "X-Hub-Signature-256": prefix + digestOf(form, key, [body]),
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
  const contentType = headerOf(input.request.headers, "content-type") ?? "";
  if (!contentType.toLowerCase().startsWith("application/x-www-form-urlencoded")) {
    return input.payload();
  }
  const field = new URLSearchParams(input.body.toString("utf8")).get("payload");
  return field === null ? undefined : parseJson(Buffer.from(field, "utf8"));
}
