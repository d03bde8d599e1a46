import { hash } from "node:crypto";
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
import { firstField } from "../kit/form.ts";
import { parseJson, textAt } from "../kit/json-path.ts";
import { anyFits, digestForm, digestOf, literalKey } from "./schemes/hmac.ts";
import { keys } from "./schemes/hmac-plan.ts";
import { byUnsignedId, identityOf, own, plainText, typeFrom } from "./schemes/identity.ts";
import { parseTimestamp } from "./schemes/timestamp.ts";
import { judgeSecrets, rejected } from "./schemes/verdict.ts";

const form = digestForm("sha256", "hex");

/**
 * Dropbox Sign (HelloSign): JSON in a form of parts, whose `event_hash` covers instant and type only. Two
 * events of one type and second share it, so that it counts together with the content; its secrets are API keys.
 */
export const dropboxSign = defineProvider({
  name: "dropbox-sign",
  title: "Dropbox Sign",
  docs: "https://developers.hellosign.com/docs/events/walkthrough/",
  evidence: { kind: "sdk", source: "@dropbox/sign@1.11.0" },
  notCovered: "all but the event's instant and type",
  assurance: "authenticated",
  retries: true,
  decodes: "form",
  acceptAnswer: {
    status: 200,
    body: "Hello API Event Received",
    contentType: "text/plain; charset=utf-8",
  },
  scheme: {
    place: { field: "event.event_hash" },
    algorithm: "HMAC SHA-256, hex",
    key: "utf8",
    dated: false,
    coversBody: false,
    signed: "body.event.event_time body.event.event_type",
    type: [{ json: "event.event_type" }],
  },
  marks: () => [],
  verify,
  sign,
  identify,
});

function verify({ request, secrets, keyForm = "utf8" }: VerifyInput): Verdict {
  const payload = parseJson(firstField(request.headers, request.body) ?? request.body);
  const given = textAt(payload, "event.event_hash");
  if (!given) return rejected("MISSING_SIGNATURE", "no event.event_hash in the body");
  const digest = form.read(given);
  const signed = signedOf(payload);
  if (digest === undefined || signed === undefined) {
    return rejected("INVALID_FORMAT", "event is not an instant, a type and an HMAC SHA-256 in hex");
  }
  const verdict = judgeSecrets(secrets, keys[keyForm], (key) =>
    anyFits([digest], form, { key, content: [signed] }),
  );
  return verdict.kind === "verified" ? { kind: "authenticated", secret: verdict.secret } : verdict;
}

/** Only of this form do the two run together in one way. */
function signedOf(payload: unknown): string | undefined {
  const at = textAt(payload, "event.event_time") ?? "";
  const type = textAt(payload, "event.event_type") ?? "";
  return /^[0-9]{1,14}$/.test(at) && /^[^0-9]/.test(type) ? at + type : undefined;
}

/** The JSON alone is the event, whatever form it came in. */
function identify({ request, body, payload }: IdentifyInput): EventIdentity {
  const identity = identityOf({
    type: typeFrom(textAt(payload(), "event.event_type")),
    dedupe: byUnsignedId(plainText(textAt(payload(), "event.event_hash"))),
    id: undefined,
    occurredAt: parseTimestamp(textAt(payload(), "event.event_time") ?? "", "s"),
  });
  return body === request.body ? identity : { ...identity, range: { start: 0, end: body.length } };
}

function sign({ body, secret, now, type }: SignInput): Signed {
  const key = literalKey(secret);
  if (key === undefined) throw new GatewayError("USAGE", "The secret is empty: give one.");
  const payload = parseJson(body);
  if (typeof payload !== "object" || payload === null) {
    throw new GatewayError("USAGE", "The signature stands in the body: give a JSON object.");
  }
  const at = String(Math.floor(now / 1000));
  const event = {
    ...(own(payload, "event") as object | undefined),
    event_time: at,
    event_type: type,
    event_hash: digestOf(form, key, [at + type]),
  };
  const json = JSON.stringify({ ...payload, event });
  const boundary = hash("sha256", json, "hex");
  const part = `--${boundary}\r\nContent-Disposition: form-data; name="json"\r\n\r\n${json}\r\n`;
  return {
    headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
    body: Buffer.from(`${part}--${boundary}--\r\n`, "utf8"),
  };
}
