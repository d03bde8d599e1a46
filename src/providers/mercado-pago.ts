import { defineProvider } from "../core/define.ts";
import type { Request, Signed, SignInput, Verdict, VerifyInput } from "../core/types.ts";
import { headerOf } from "../kit/raw-headers.ts";
import { sealOf } from "./schemes/seal.ts";
import { nameFacts, tellingOf } from "./schemes/telling.ts";
import { formatTimestamp, judgeTimestamp } from "./schemes/timestamp.ts";
import { rejected } from "./schemes/verdict.ts";

const header = "x-signature";
const seal = sealOf({});
const names = { id: { json: "id" }, type: { json: "action" } } as const;
/** An instant of more digits counts milliseconds: the documentation shows both. */
const mostDigitsOfSeconds = 11;

/** Mercado Pago. What the address and the headers lack is left out of what is signed; ids of orders count in lower case. */
export const mercadoPago = defineProvider({
  name: "mercado-pago",
  title: "Mercado Pago",
  docs: "https://www.mercadopago.com/developers/en/docs/your-integrations/notifications/webhooks",
  evidence: { kind: "sdk", source: "mercadopago@3.6.1" },
  notCovered: "the body: only the query's data.id, the request's id and the instant are signed",
  assurance: "authenticated",
  scheme: {
    place: { header },
    algorithm: seal.algorithm,
    key: seal.key,
    dated: true,
    coversBody: false,
    signed: '"id:" ?data.id ";request-id:" x-request-id ";ts:" timestamp ";"',
    ...nameFacts(names),
  },
  marks: () => [header],
  verify,
  sign,
  ...tellingOf(names, { content: [], coversBody: false }),
});

function verify(input: VerifyInput): Verdict {
  const { request } = input;
  const given = headerOf(request.headers, header);
  if (given === undefined || given === "") {
    return rejected("MISSING_SIGNATURE", `no ${header} header`);
  }
  const entries = given.split(",").map((entry) => entry.trim());
  const [instant, ...others] = new Set(valuesOf("ts=", entries));
  const signatures = valuesOf("v1=", entries).flatMap((text) => seal.read(text) ?? []);
  if (instant === undefined || others.length > 0 || signatures.length === 0) {
    return rejected("INVALID_FORMAT", `${header} is not ts=<instant>,v1=<HMAC SHA-256 in hex>`);
  }
  const unit = instant.length > mostDigitsOfSeconds ? "ms" : "s";
  const late = judgeTimestamp(instant, unit, input);
  if (late) return late;
  const verdicts = contentsOf(request, instant).map((content) =>
    seal.judge(input, signatures, [content]),
  );
  const verdict = verdicts.find(({ kind }) => kind === "verified") ?? verdicts[0];
  if (verdict === undefined) {
    return rejected("INVALID_FORMAT", "data.id or x-request-id has a semicolon, which parts them");
  }
  return verdict.kind === "verified" ? { kind: "authenticated", secret: verdict.secret } : verdict;
}

function valuesOf(prefix: string, entries: readonly string[]): readonly string[] {
  return entries.flatMap((entry) => (entry.startsWith(prefix) ? [entry.slice(prefix.length)] : []));
}

/** What may have been signed; nothing where one part could be read as two. */
function contentsOf({ query, headers }: Request, instant: string): readonly string[] {
  const id = new URLSearchParams(query).get("data.id") ?? "";
  const requestId = headerOf(headers, "x-request-id") ?? "";
  if (id.includes(";") || requestId.includes(";")) return [];
  return [...new Set([id, id.toLowerCase()])].map((one) => contentOf(one, requestId, instant));
}

function contentOf(id: string, requestId: string, instant: string): string {
  const parts = [["id", id] as const, ["request-id", requestId] as const, ["ts", instant] as const];
  return parts.map(([name, text]) => (text === "" ? "" : `${name}:${text};`)).join("");
}

function sign({ secret, now, id }: SignInput): Signed {
  const instant = formatTimestamp(now, "s");
  const signature = seal.make(secret, [contentOf(id, id, instant)]);
  return {
    headers: { "x-request-id": id, "x-signature": `ts=${instant},v1=${signature}` },
    query: new URLSearchParams({ "data.id": id }).toString(),
  };
}
