/** Where a sender puts its signature or token. */
import type { SchemeFacts } from "../../core/types.ts";
import type { Selector } from "./hmac-settings.ts";

/** Where the signature stands. Of several headers or fields each may carry some. */
export type Place =
  | { readonly header: string | readonly string[] }
  | { readonly query: string }
  | { readonly field: string | readonly string[] };

/** The place as documentation shows it. */
export function placeFacts(place: Place): SchemeFacts["place"] {
  if ("query" in place) return { query: place.query };
  if ("field" in place) return { field: [place.field].flat()[0] as string };
  return { header: [place.header].flat()[0] as string };
}

/** Every place that a signature or token may stand at. */
export function selectorsOf(place: Place): readonly Selector[] {
  if ("query" in place) return [{ query: place.query }];
  if ("field" in place) return [place.field].flat().map((json) => ({ json }));
  return [place.header].flat().map((header) => ({ header }));
}

/** What marks a request of these places. */
export function marksOf(places: readonly Selector[]): readonly string[] {
  return places.flatMap((place) => {
    if ("header" in place) return [place.header.toLowerCase()];
    return "query" in place ? [`?${place.query}`] : [];
  });
}
