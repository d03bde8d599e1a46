import { defineProvider } from "../core/define.ts";
import type { SignInput, Verdict, VerifyInput } from "../core/types.ts";
import { textAt, valueAt } from "../kit/json-path.ts";
import { sealOf } from "./schemes/seal.ts";
import { changeItems, type ItemPlace, judgeItems } from "./schemes/signed-items.ts";
import { tellingOf } from "./schemes/telling.ts";
import { rejected } from "./schemes/verdict.ts";

const place: ItemPlace = { list: "notificationItems", inner: "NotificationRequestItem" };
const signature = "additionalData.hmacSignature";
const seal = sealOf({ encoding: "base64", key: "hex" });

/** What each item's signature covers, joined by colons; what is missing counts as nothing. */
const signed = [
  "pspReference",
  "originalReference",
  "merchantAccountCode",
  "merchantReference",
  "amount.value",
  "amount.currency",
  "eventCode",
  "success",
];

/** Adyen's payments: each item of a batch has a signature of its own, over eight of its fields. */
export const adyen = defineProvider({
  name: "adyen",
  title: "Adyen payments",
  docs: "https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures/",
  evidence: { kind: "sdk", source: "@adyen/api-library@32.1.0" },
  retries: true,
  acceptAnswer: { status: 200, body: "[accepted]", contentType: "text/plain" },
  assurance: "authenticated",
  notCovered:
    "all of an item but its references, account, amount, code and success; nor where one of these ends and the next begins",
  scheme: {
    place: { field: `${place.list}.0.${place.inner}.${signature}` },
    algorithm: seal.algorithm,
    key: seal.key,
    dated: false,
    coversBody: false,
  },
  marks: () => [],
  verify: (input) => judgeItems(place, input.request, (item) => verifyItem(item, input)),
  sign,
  // Adyen has no ids of events; a repeat has the same code and reference.
  ...tellingOf({
    batch: {
      items: `${place.list}.*.${place.inner}`,
      id: [{ json: "eventCode" }, { json: "pspReference" }, { json: "success" }],
      type: { json: "eventCode" },
      time: { json: "eventDate", unit: "rfc3339" },
    },
  }),
});

function verifyItem(item: unknown, input: VerifyInput): Verdict {
  const given = textAt(item, signature);
  if (given === undefined) return rejected("MISSING_SIGNATURE", `no ${signature}`);
  const read = seal.read(given);
  if (read === undefined) return rejected("INVALID_FORMAT", `${signature} is no digest in base64`);
  const verdict = seal.judge(input, [read], contentOf(item));
  return verdict.kind === "verified" ? { kind: "authenticated", secret: verdict.secret } : verdict;
}

function contentOf(item: unknown): readonly string[] {
  const texts = signed.map((path) => {
    const value = valueAt(item, path);
    return value === undefined || value === null ? "" : String(value);
  });
  return [texts.join(":")];
}

function sign({ body, secret }: SignInput) {
  const change = (item: Record<string, unknown>): unknown => {
    const additionalData = valueAt(item, "additionalData");
    const data = typeof additionalData === "object" ? additionalData : {};
    const hmacSignature = seal.make(secret, contentOf(item));
    return { ...item, additionalData: { ...data, hmacSignature } };
  };
  return { headers: {}, body: changeItems(place, body, change) };
}
