import { isForm } from "../kit/form.ts";
import { declarePlivo, type PlivoContent, plivoAddress } from "./schemes/plivo.ts";
import { rejected } from "./schemes/verdict.ts";

/** Plivo's calls (V3): the address, its query and the form's fields in order, and a nonce. */
export const plivo = declarePlivo({
  name: "plivo",
  title: "Plivo (V3)",
  docs: "https://www.plivo.com/docs/voice/concepts/signature-validation",
  version: "V3",
  coversBody: true,
  signed: 'url, its query in order, "." between, of the form its fields in order, "." nonce',
  notCovered: "where a form's fields begin and end: names and values are signed run together",
  content,
});

/** A question mark follows the address also where there are fields alone; a full stop parts query and fields. */
function content(...[url, request, nonce]: Parameters<PlivoContent>): ReturnType<PlivoContent> {
  if (!isForm(request.headers) && request.body.length > 0) {
    return rejected("INVALID_FORMAT", "no form: nothing would cover the body");
  }
  const query = pairsOf(url.slice(plivoAddress(url).length + 1), "=").join("&");
  const fields = pairsOf(request.body.toString("utf8"), "").join("");
  const mark = query === "" && fields === "" ? "" : "?";
  const stop = query === "" || fields === "" ? "" : ".";
  return `${plivoAddress(url)}${mark}${query}${stop}${fields}.${nonce}`;
}

/** Names in order, and the values of each in order, decoded. */
function pairsOf(text: string, between: string): readonly string[] {
  const pairs = new URLSearchParams(text);
  return [...new Set(pairs.keys())].sort().flatMap((name) =>
    pairs
      .getAll(name)
      .sort()
      .map((value) => `${name}${between}${value}`),
  );
}
