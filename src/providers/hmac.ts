import { defineProvider } from "../core/define.ts";
import type { EventIdentity, IdentifyInput, Verdict, VerifyInput } from "../core/types.ts";
import { parseJson } from "../kit/json-path.ts";
import { anyFits } from "./schemes/hmac.ts";
import { hmacConflicts } from "./schemes/hmac-conflicts.ts";
import type { HmacPlan, RequestView } from "./schemes/hmac-plan.ts";
import { contentOf, isBound, keys, planOf, select } from "./schemes/hmac-plan.ts";
import { type HmacOptions, hmacShape } from "./schemes/hmac-settings.ts";
import { signHmac } from "./schemes/hmac-sign.ts";
import {
  bySignedId,
  byUnsignedId,
  identityOf,
  own,
  plainText,
  typeFrom,
} from "./schemes/identity.ts";
import { judgeTimestamp, parseTimestamp } from "./schemes/timestamp.ts";
import { judgeSecrets, type Rejection, rejected } from "./schemes/verdict.ts";

/**
 * Any sender that signs by HMAC (RFC 2104), described by options. With `field` the signature stands in
 * the JSON body and covers the pieces in `content`; where these leave the body uncovered, an event is
 * `authenticated`, not `verified`.
 */
export const hmac = defineProvider<HmacOptions>({
  name: "hmac",
  title: "HMAC, as configured",
  docs: "https://www.rfc-editor.org/rfc/rfc2104",
  evidence: { kind: "vector", source: "RFC 2202 and RFC 4231, test case 2" },
  retries: true,
  marks,
  signsUrl: ({ content = [] }) => content.includes("url"),
  verify,
  sign: (input) => signHmac(planOf(input.options), input),
  identify,
  settings: hmacShape,
  conflicts: hmacConflicts,
  alternatives,
});

/** The same options with another spelling of the digest, hash function, or unit of the instant. */
function alternatives(
  options: HmacOptions,
): readonly { readonly words: string; readonly options: HmacOptions }[] {
  const { timestamp } = options;
  const spellings = encodings.flatMap((encoding) =>
    algorithms.map((algorithm) => ({
      words: `algorithm: "${algorithm}", encoding: "${encoding}"`,
      options: { ...options, algorithm, encoding, hexCase: "any" as const },
    })),
  );
  const instants =
    timestamp === undefined
      ? []
      : units.map((unit) => ({
          words: `timestamp: { …, unit: "${unit}" }`,
          options: { ...options, timestamp: { ...timestamp, unit } },
        }));
  const beginnings = prefixes.map((prefix) => ({
    words: `prefix: "${prefix}"`,
    options: { ...options, prefix },
  }));
  return [...beginnings, ...spellings, ...instants];
}

const prefixes = ["", "sha256=", "sha1=", "sha512=", "v0=", "v1="];
const encodings = ["hex", "base64", "base64url"] as const;
const algorithms = ["sha256", "sha1", "sha384", "sha512"] as const;
const units = ["s", "ms", "rfc3339"] as const;

function marks(options: HmacOptions): readonly string[] {
  const { place } = planOf(options);
  if ("header" in place) return [place.header];
  return "query" in place ? [`?${place.query}`] : [];
}

function verify(input: VerifyInput<HmacOptions>): Verdict {
  const plan = planOf(input.options);
  const [conflict] = plan.conflicts;
  if (conflict) {
    return rejected("VERIFICATION_FAILED", `option ${conflict.option}: ${conflict.expected}`);
  }
  const view = viewOf(input);
  const signature = signatureOf(plan, view);
  if (typeof signature === "object") return signature;
  const content = contentOf(plan, view);
  if ("missing" in content) {
    return rejected("INVALID_FORMAT", `what is signed lacks ${content.missing}`);
  }
  const outside = judgeInstant(plan, view, input);
  if (outside) return outside;
  const verdict = judgeSecrets(
    input.secrets,
    input.keyForm ? keys[input.keyForm] : plan.keyOf,
    (key) => anyFits([signature], plan.form, { key, content: content.bytes }),
  );
  if (verdict.kind !== "verified" || plan.coversBody) return verdict;
  return { kind: "authenticated", secret: verdict.secret };
}

function viewOf({ request, url }: VerifyInput<HmacOptions>): RequestView {
  const { method, path, headers, query, body } = request;
  let parsed: { readonly value: unknown } | undefined;
  const payload = (): unknown => {
    parsed ??= { value: parseJson(body) };
    return parsed.value;
  };
  return { method, path, headers, query, body, url, payload };
}

/** The signature in canonical spelling. In a query a raw `+` of base64 arrives as a space. */
function signatureOf(plan: HmacPlan, view: RequestView): string | Rejection {
  const found = select(view, plan.place);
  if (found === undefined || found === "") {
    return rejected("MISSING_SIGNATURE", `no signature at ${JSON.stringify(plan.place)}`);
  }
  const given = "query" in plan.place ? found.replaceAll(" ", "+") : found;
  const text = given.startsWith(plan.prefix) ? given.slice(plan.prefix.length) : "";
  const { algorithm, encoding, read } = plan.form;
  const expected = `${plan.prefix}<${algorithm} in ${encoding}>`;
  return read(text) ?? rejected("INVALID_FORMAT", `the signature is not ${expected}`);
}

function judgeInstant(
  plan: HmacPlan,
  view: RequestView,
  clock: { readonly now: number; readonly toleranceSeconds: number },
): Rejection | undefined {
  if (plan.timestamp === undefined) return undefined;
  return judgeTimestamp(select(view, plan.timestamp.at) ?? "", plan.timestamp.unit, clock);
}

function identify(input: IdentifyInput<HmacOptions>): EventIdentity {
  const plan = planOf(input.options);
  const { method, path, headers, query } = input.request;
  const { body, payload } = input;
  const view: RequestView = { method, path, headers, query, body, payload, url: undefined };
  const id = plainText(select(view, plan.id));
  const bound = id !== undefined && isBound(plan, id, payload);
  const { time } = plan;
  return identityOf({
    type: typeFrom(plan.type ? select(view, plan.type) : own(payload(), "type")),
    dedupe: bound ? bySignedId(id) : byUnsignedId(id),
    id,
    occurredAt: time && parseTimestamp(select(view, time.at) ?? "", time.unit),
  });
}
