import { declarePlivo, plivoAddress } from "./schemes/plivo.ts";

/** Plivo's texts (V2): the address without its query, and a nonce; nothing of what it tells. */
export const plivoV2 = declarePlivo({
  name: "plivo-v2",
  title: "Plivo (V2)",
  docs: "https://www.plivo.com/docs/messaging/concepts/signature-validation",
  version: "V2",
  coversBody: false,
  signed: "url without its query, nonce",
  notCovered: "the body and the query: only the address and a nonce are signed",
  content: (url, _, nonce) => plivoAddress(url) + nonce,
});
