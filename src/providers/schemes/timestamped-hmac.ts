import { GatewayError } from "../../core/errors.ts";
import type { Verdict, VerifyInput } from "../../core/types.ts";
import { headerOf } from "../../kit/raw-headers.ts";
import { anyFits, digestForm, digestOf, literalKey } from "./hmac.ts";
import { keys } from "./hmac-plan.ts";
import { formatTimestamp, judgeTimestamp } from "./timestamp.ts";
import { judgeSecrets, type Rejection, rejected } from "./verdict.ts";

/** A header such as `t=1700000000,v1=<hex>,v1=<hex>` over `<t>.<body>`, HMAC-SHA256, seconds. */
export type TimestampedHmac = {
  /** In lower case. */
  readonly header: string;
  readonly separator: string;
  readonly timestampKey: string;
  /** Entries under other keys are ignored. */
  readonly signatureKey: string;
  /** What stands between timestamp and body in the signed content. */
  readonly joint: string;
};

const form = digestForm("sha256", "hex");

type Parsed = { readonly timestamp: string; readonly signatures: readonly string[] };

/** Judges a request by any signature of several and any live secret; the tolerance counts both ways. */
export function verifyTimestampedHmac(scheme: TimestampedHmac, input: VerifyInput): Verdict {
  const header = headerOf(input.request.headers, scheme.header);
  if (header === undefined || header === "") {
    return rejected("MISSING_SIGNATURE", `no ${scheme.header} header`);
  }
  const parsed = parse(scheme, header);
  if ("kind" in parsed) return parsed;
  const outside = judgeTimestamp(parsed.timestamp, "s", input);
  if (outside) return outside;
  const content = [parsed.timestamp + scheme.joint, input.request.body];
  return judgeSecrets(input.secrets, keys[input.keyForm ?? "utf8"], (key) =>
    anyFits(parsed.signatures, form, { key, content }),
  );
}

/** The header's value for a body. */
export function signTimestampedHmac(
  scheme: TimestampedHmac,
  input: { readonly body: Buffer; readonly secret: string; readonly now: number },
): string {
  const key = literalKey(input.secret);
  if (key === undefined) throw new GatewayError("USAGE", "The secret is empty: give one.");
  const timestamp = formatTimestamp(input.now, "s");
  const signature = digestOf(form, key, [timestamp + scheme.joint, input.body]);
  const { timestampKey, signatureKey, separator } = scheme;
  return `${timestampKey}=${timestamp}${separator}${signatureKey}=${signature}`;
}

/** Walks the list once; a signature of the wrong shape only counts when there is no other. */
function parse(scheme: TimestampedHmac, header: string): Parsed | Rejection {
  const { separator, timestampKey, signatureKey } = scheme;
  let timestamp: string | undefined;
  let malformed = false;
  const signatures: string[] = [];
  for (let start = 0, end = 0; start <= header.length; start = end + 1) {
    end = header.indexOf(separator, start);
    if (end < 0) end = header.length;
    const stamp = entryOf(timestampKey, header, { start, end });
    if (stamp !== undefined) {
      if (timestamp !== undefined) return rejected("INVALID_FORMAT", "more than one timestamp");
      timestamp = stamp;
      continue;
    }
    const text = entryOf(signatureKey, header, { start, end });
    const signature = text && form.read(text);
    if (signature) signatures.push(signature);
    else malformed ||= text !== undefined;
  }
  if (timestamp === undefined) {
    return rejected("INVALID_FORMAT", `no ${timestampKey}= in ${scheme.header}`);
  }
  if (signatures.length > 0) return { timestamp, signatures };
  const what = malformed ? "64 lower-case hex digits as" : "any";
  return rejected("INVALID_FORMAT", `${scheme.header} lacks ${what} ${signatureKey}`);
}

/** What stands behind `key=` in an entry of the list; undefined for an entry of another key. */
function entryOf(
  key: string,
  header: string,
  entry: { readonly start: number; readonly end: number },
): string | undefined {
  let at = entry.start;
  while (header[at] === " ") at += 1;
  if (!header.startsWith(key, at) || header[at + key.length] !== "=") return undefined;
  return header.slice(at + key.length + 1, entry.end);
}
