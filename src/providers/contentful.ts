import { defineProvider } from "../core/define.ts";
import { GatewayError } from "../core/errors.ts";
import type {
  RawHeaders,
  Request,
  Signed,
  SignInput,
  Verdict,
  VerifyInput,
} from "../core/types.ts";
import { headerOf, rawHeadersFrom } from "../kit/raw-headers.ts";
import { type HeaderHmac, signHeaderHmac, verifyHeaderHmac } from "./schemes/header-hmac.ts";
import { type Content, digestForm } from "./schemes/hmac.ts";
import { tellingOf } from "./schemes/telling.ts";
import { judgeTimestamp } from "./schemes/timestamp.ts";
import { type Rejection, rejected } from "./schemes/verdict.ts";

const scheme: HeaderHmac = {
  header: "x-contentful-signature",
  prefix: "",
  form: digestForm("sha256", "hex"),
};
const listHeader = "x-contentful-signed-headers";
const timeHeader = "x-contentful-timestamp";
const unit = "ms";

/** Contentful: a digest of method, path, the headers that a header lists, and the body, each on its line. */
export const contentful = defineProvider({
  name: "contentful",
  title: "Contentful",
  docs: "https://www.contentful.com/developers/docs/extensibility/webhooks/request-verification/",
  evidence: { kind: "sdk", source: "@contentful/node-apps-toolkit@3.16.1" },
  notCovered: "headers that X-Contentful-Signed-Headers doesn't list",
  scheme: {
    place: { header: "X-Contentful-Signature" },
    algorithm: "HMAC SHA-256, hex",
    key: "utf8",
    dated: true,
    coversBody: true,
    signed: 'method "\\n" path and query, escaped anew "\\n" listed headers "\\n" body',
    id: { header: "X-Contentful-Idempotency-Key" },
    type: [{ header: "X-Contentful-Topic" }],
  },
  marks: () => [scheme.header],
  verify,
  sign,
  // The key of a webhook isn't said to be signed, so it counts together with the content.
  ...tellingOf({
    id: { header: "X-Contentful-Idempotency-Key" },
    type: { header: "X-Contentful-Topic" },
    time: { header: timeHeader, unit },
  }),
});

function verify(input: VerifyInput): Verdict {
  const { headers } = input.request;
  if (!headerOf(headers, scheme.header)) {
    return rejected("MISSING_SIGNATURE", `no ${scheme.header} header`);
  }
  const content = contentOf(input.request);
  if ("kind" in content) return content;
  const late = judgeTimestamp(headerOf(headers, timeHeader) ?? "", unit, input);
  return late ?? verifyHeaderHmac(scheme, input, content.pieces);
}

type Signable = Pick<Request, "method" | "path" | "query" | "headers" | "body">;

/** What is signed. A list without the instant and itself would let both be changed. */
function contentOf(request: Signable): { readonly pieces: Content } | Rejection {
  const { method, body, headers } = request;
  const names = (headerOf(headers, listHeader) ?? "").toLowerCase().split(",");
  if (!names.includes(listHeader) || !names.includes(timeHeader)) {
    return rejected("INVALID_FORMAT", `${listHeader} doesn't list itself and ${timeHeader}`);
  }
  const lines = linesOf(headers, names);
  const path = escapedPath(request);
  if (lines === undefined || path === undefined) {
    return rejected("INVALID_FORMAT", "a listed header isn't there, or the path can't be escaped");
  }
  return { pieces: [`${method}\n${path}\n${lines}\n`, body] };
}

function linesOf(headers: RawHeaders, names: readonly string[]): string | undefined {
  const lines: string[] = [];
  for (const name of names) {
    const value = headerOf(headers, name);
    if (value === undefined) return undefined;
    lines.push(`${name}:${value.trim()}`);
  }
  return lines.join(";");
}

/** The query is escaped twice, as Contentful's own code has it: `?q=1` is signed as `?q%253D1`. */
function escapedPath({ path, query }: Signable): string | undefined {
  const [search = ""] = query.split("?");
  const text = `${path}${search}`;
  if (!text.isWellFormed()) return undefined;
  return encodeURI(search === "" ? path : `${path}?${encodeURIComponent(search)}`);
}

function sign(input: SignInput): Signed {
  const { pathname, search } = new URL(input.url ?? "https://localhost/");
  const unsigned = {
    "X-Contentful-Idempotency-Key": input.id,
    "X-Contentful-Timestamp": String(input.now),
    "X-Contentful-Topic": input.type,
  };
  const names = [...Object.keys(unsigned), "X-Contentful-Signed-Headers"].sort();
  const headers = {
    ...unsigned,
    "X-Contentful-Signed-Headers": names.join(",").toLowerCase(),
  };
  const content = contentOf({
    method: "POST",
    path: pathname,
    query: search.slice(1),
    headers: rawHeadersFrom(headers),
    body: input.body,
  });
  if ("kind" in content) throw new GatewayError("USAGE", `It can't be signed: ${content.detail}.`);
  return {
    headers: {
      ...headers,
      "X-Contentful-Signature": signHeaderHmac(scheme, input, content.pieces),
    },
  };
}
