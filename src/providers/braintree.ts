import { hash } from "node:crypto";
import { defineProvider } from "../core/define.ts";
import { GatewayError } from "../core/errors.ts";
import type { Signed, SignInput, Verdict, VerifyInput } from "../core/types.ts";
import type { HandshakeShape } from "./schemes/handshake-shape.ts";
import { greeting, handshakeMarks, isChallenge } from "./schemes/handshakes.ts";
import { anyFits, digestForm, digestOf } from "./schemes/hmac.ts";
import { keys } from "./schemes/hmac-plan.ts";
import { bySignedId, identityOf, typeFrom } from "./schemes/identity.ts";
import { parseTimestamp } from "./schemes/timestamp.ts";
import { judgeSecrets, rejected } from "./schemes/verdict.ts";

/** Options of `braintree` beside those of every source; its secrets are private keys. */
export type BraintreeOptions = {
  /** The public key that belongs to the private one: it says which signature is ours. */
  readonly publicKey: string;
};

const form = digestForm("sha1", "hex");
const keyOf = keys.sha1;

const handshakes: readonly HandshakeShape[] = [
  {
    method: "GET",
    challenge: { query: "bt_challenge" },
    form: /^[a-f0-9]{20,32}$/,
    sign: { algorithm: "sha1", key: "sha1" },
    option: "publicKey",
    answer: { text: "{option}|{digest}" },
  },
];

/** Braintree. */
export const braintree = defineProvider<BraintreeOptions>({
  name: "braintree",
  title: "Braintree",
  docs: "https://developer.paypal.com/braintree/docs/guides/webhooks/parse/node",
  evidence: { kind: "sdk", source: "braintree@3.40.0" },
  settings: {
    publicKey: {
      kind: "text",
      words: "The public key that belongs to the private one: it says which signature is ours.",
    },
  },
  ...greeting(handshakes),
  scheme: {
    place: { form: "bt_signature" },
    algorithm: "HMAC SHA-1, hex",
    key: "utf8",
    dated: false,
    coversBody: true,
  },
  marks: () => handshakeMarks(handshakes),
  verify,
  sign,
  identify: ({ body }) => {
    const payload = fieldsOf(body).get("bt_payload")?.trimEnd() ?? "";
    const xml = Buffer.from(payload, "base64").toString("utf8");
    const at = /<timestamp[^>]{0,64}>([^<]{1,64})</.exec(xml)?.[1] ?? "";
    return identityOf({
      type: typeFrom(/<kind>([^<]{1,128})</.exec(xml)?.[1]),
      // It has no id: what was signed is one, however the form around it is written.
      dedupe: bySignedId(payload === "" ? undefined : hash("sha256", payload, "hex")),
      id: undefined,
      occurredAt: parseTimestamp(at, "rfc3339"),
    });
  },
});

function verify({ request, secrets, options }: VerifyInput<BraintreeOptions>): Verdict {
  const fields = fieldsOf(request.body);
  const payloads = fields.getAll("bt_payload");
  const given = fields.getAll("bt_signature");
  const [payload] = payloads;
  if (given.join("") === "") {
    return rejected("MISSING_SIGNATURE", "no field bt_signature");
  }
  const isOdd = given.length > 1 || payloads.length !== 1 || [...fields.keys()].length !== 2;
  if (payload === undefined || isOdd) {
    return rejected("INVALID_FORMAT", "the form is not one bt_signature and one bt_payload");
  }
  const signatures = (given[0] as string).split("&").flatMap((pair) => {
    const [publicKey, signature = "", ...more] = pair.split("|");
    return publicKey === options.publicKey && more.length === 0 ? (form.read(signature) ?? []) : [];
  });
  if (signatures.length === 0) {
    return rejected("INVALID_FORMAT", "no signature is beside this source's public key");
  }
  if (isChallenge(handshakes, [payload.trimEnd()])) {
    return rejected("INVALID_SIGNATURE", "the payload has the form of a challenge");
  }
  return judgeSecrets(secrets, keyOf, (key) =>
    // Some languages' forms lose the newline that the payload ends with.
    [payload, `${payload}\n`].some((text) => anyFits(signatures, form, { key, content: [text] })),
  );
}

function sign({ body, secret, options }: SignInput<BraintreeOptions>): Signed {
  const key = keyOf(secret);
  if (key === undefined) throw new GatewayError("USAGE", "The secret is empty: give one.");
  const payload = `${body.toString("base64")}\n`;
  const signature = `${options.publicKey}|${digestOf(form, key, [payload])}`;
  return {
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: Buffer.from(
      String(new URLSearchParams({ bt_signature: signature, bt_payload: payload })),
    ),
  };
}

function fieldsOf(body: Buffer): URLSearchParams {
  return new URLSearchParams(body.toString("utf8"));
}
