/**
 * In which form an event goes out. A delivery belongs to the first route that names its destination for
 * the event, by the config as it is when the attempt is made; where none does any more, or none ever
 * did (a replay to somewhere else), the event goes out raw.
 *
 *   raw                      the sender's bytes and headers
 *   standard                 {"id","source","provider","type","timestamp","payload"}
 *   cloudevents              the sender's bytes, and attributes as `ce-` headers
 *   cloudevents-structured   application/cloudevents+json
 *   transform                what a module of the user's returns, as JSON
 *
 * In every form but raw the sender's headers stay behind: they describe and sign other bytes.
 */
import { isUtf8 } from "node:buffer";
import { encodeCloudEvent } from "../kit/cloud-event.ts";
import { parseJson } from "../kit/json-path.ts";
import { headerOf } from "../kit/raw-headers.ts";
import { formatRfc3339 } from "../kit/rfc3339.ts";
import { isRaw, matchesRoute } from "./route.ts";
import type { Event, Outcome, Parcel, Route, RouteForm } from "./types.ts";

/** What a transform made of an event: JSON to deliver, or how the attempt ends without. */
export type Transformed =
  | { readonly kind: "payload"; readonly json: string }
  | Exclude<Outcome, { readonly kind: "delivered" }>;

/** What giving a form needs from outside. */
export type Forming = {
  readonly routes: readonly Route[];
  /** Decodes a body that was sent compressed. */
  readonly decode: (parcel: Parcel) => Buffer;
  /** Calls the module of a route. */
  readonly transform: (route: Route, parcel: Parcel, signal: AbortSignal) => Promise<Transformed>;
};

/** Whether any route asks for another form than raw. */
export function hasForms(routes: readonly Route[]): boolean {
  return routes.some((route) => !isRaw(route));
}

/** The route that an event's delivery to a destination belongs to. */
export function routeOf(
  routes: readonly Route[],
  { source, type }: Pick<Event, "source" | "type">,
  destination: string,
): Route | undefined {
  return routes.find(
    (route) => route.to.includes(destination) && matchesRoute(route, source, type),
  );
}

/** The parcel in the form of its route; or how the attempt ends, where a transform skips it or fails. */
export async function formParcel(
  parcel: Parcel & { readonly destination: string },
  { routes, decode, transform }: Forming,
  signal: AbortSignal,
): Promise<Parcel | Exclude<Transformed, { readonly kind: "payload" }>> {
  const route = routeOf(routes, parcel.event, parcel.destination);
  if (route === undefined || isRaw(route)) return parcel;
  const plain = parcel.event.inDecoded ? parcel : { ...parcel, body: decode(parcel) };
  if (route.transform === undefined) return inForm(plain, route.form ?? "raw");
  const made = await transform(route, plain, signal);
  if (made.kind !== "payload") return made;
  return { ...parcel, headers: jsonHeaders, body: Buffer.from(made.json, "utf8") };
}

const jsonHeaders = ["content-type", "application/json"] as const;

async function inForm(parcel: Parcel, form: RouteForm): Promise<Parcel> {
  switch (form) {
    case "raw":
      return parcel;
    case "standard":
      return { ...parcel, headers: jsonHeaders, body: standardForm(parcel) };
    case "cloudevents":
      return { ...parcel, ...(await cloudEvent(parcel, "binary")) };
    case "cloudevents-structured":
      return { ...parcel, ...(await cloudEvent(parcel, "structured")) };
    default:
      return form satisfies never;
  }
}

/** `timestamp` is in whole seconds since 1970, as tables of events have it. */
function standardForm({ event, body }: Parcel): Buffer {
  const { id, source, provider, type } = event;
  const timestamp = Math.floor(timeOf(event) / 1000);
  const head = JSON.stringify({ id, source, provider, type, timestamp }).slice(0, -1);
  if (!isJson(body)) {
    const rest = JSON.stringify({ payload: body.toString("base64"), payloadEncoding: "base64" });
    return Buffer.from(`${head},${rest.slice(1)}`, "utf8");
  }
  // The sender's own bytes: written anew, a number beyond 2^53 would be another.
  return Buffer.concat([Buffer.from(`${head},"payload":`, "utf8"), body, Buffer.from("}", "utf8")]);
}

function cloudEvent(
  { event, headers, body }: Parcel,
  mode: "binary" | "structured",
): Promise<Pick<Parcel, "headers" | "body">> {
  const isJsonBody = isJson(body);
  const { id, source, provider, type, providerEventId } = event;
  const attributes = {
    id,
    source: `/sources/${source}`,
    type,
    time: formatRfc3339(timeOf(event)),
    datacontenttype: contentType(headerOf(headers, "content-type"), isJsonBody),
    provider,
    ...(providerEventId === undefined ? {} : { providereventid: providerEventId }),
  };
  return encodeCloudEvent(attributes, body, { mode, isJson: isJsonBody });
}

/** The sender's word, unless the bytes say otherwise. */
function contentType(given: string | undefined, isJsonBody: boolean): string {
  if (isJsonBody)
    return given !== undefined && /[/+]json\b/i.test(given) ? given : "application/json";
  return given === undefined || /[/+]json\b/i.test(given) ? "application/octet-stream" : given;
}

function timeOf({ occurredAt, receivedAt }: Event): number {
  return occurredAt ?? receivedAt;
}

function isJson(body: Buffer): boolean {
  return isUtf8(body) && parseJson(body) !== undefined;
}
