import { gunzipSync, gzipSync } from "node:zlib";
import { type CloudEventV1, HTTP } from "cloudevents";
import { describe, expect, it } from "vitest";
import { headerOf } from "../kit/raw-headers.ts";
import { type Forming, formParcel, hasForms, routeOf } from "./form.ts";
import type { Event, Parcel, Route, RouteForm } from "./types.ts";

const body = Buffer.from(
  '{"id":"evt_1", "amount":20.00, "big":12345678901234567890, "text":"grüße"}',
);

const event: Event = {
  id: "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b",
  requestId: "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b",
  source: "shop",
  provider: "hmac",
  type: "order.paid",
  providerEventId: "evt_1",
  occurredAt: 1_700_000_000_999,
  receivedAt: 1_700_000_005_000,
  assurance: "verified",
  secretName: "A",
  validity: "valid",
  params: {},
  start: 0,
  end: body.length,
  inDecoded: false,
};

const parcel: Parcel & { readonly destination: string } = {
  deliveryId: `${event.id}.crm.1`,
  attempt: 1,
  destination: "crm",
  event,
  body,
  headers: [
    "Content-Type",
    "application/json; charset=utf-8",
    "X-Signature",
    "s",
    "ce-id",
    "theirs",
  ],
  method: "POST",
  query: "",
};

const route = (form?: RouteForm): Route => ({
  from: undefined,
  types: undefined,
  to: ["crm"],
  ...(form === undefined ? {} : { form }),
});

const forming = (routes: readonly Route[], over: Partial<Forming> = {}): Forming => ({
  routes,
  decode: ({ body: sent }) => sent,
  transform: () => Promise.reject(new Error("there is no transform")),
  ...over,
});

async function inForm(form: RouteForm, over: Partial<Parcel> = {}): Promise<Parcel> {
  const made = await formParcel(
    { ...parcel, ...over },
    forming([route(form)]),
    AbortSignal.timeout(5_000),
  );
  if ("kind" in made) throw new Error(made.kind);
  return made;
}

/** What the official library reads of a parcel. */
function cloudEventOf({ headers, body: sent }: Parcel): CloudEventV1<unknown> {
  const record = Object.fromEntries(
    Array.from({ length: headers.length / 2 }, (_, at) => headers.slice(at * 2, at * 2 + 2)),
  );
  return HTTP.toEvent({ headers: record, body: sent.toString("utf8") }) as CloudEventV1<unknown>;
}

describe("raw", () => {
  it("is the sender's bytes and headers, untouched", async () => {
    expect(await inForm("raw")).toEqual(parcel);
    expect(hasForms([route(), route("raw")])).toBe(false);
    expect(hasForms([route(), route("standard")])).toBe(true);
  });
});

describe("the standard form", () => {
  it("holds six fields, the time in seconds, and the payload's own bytes", async () => {
    const made = await inForm("standard");
    expect(made.headers).toEqual(["content-type", "application/json"]);
    expect(made.body.toString()).toBe(
      `{"id":"${event.id}","source":"shop","provider":"hmac","type":"order.paid","timestamp":1700000000,"payload":${body}}`,
    );
    expect(JSON.parse(made.body.toString()).payload).toEqual(JSON.parse(body.toString()));
  });

  it("is dated by the arrival where the sender says no time", async () => {
    const made = await inForm("standard", { event: { ...event, occurredAt: undefined } });
    expect(JSON.parse(made.body.toString()).timestamp).toBe(1_700_000_005);
  });

  it.each([
    ["text", Buffer.from("a=1&b=2")],
    ["bytes", Buffer.from([0xff, 0x00, 0x22])],
    ["JSON that is not UTF-8", Buffer.from('"gr\xfc\xdfe"', "latin1")],
    ["two values", Buffer.from('{},"id":{}')],
    ["nothing", Buffer.alloc(0)],
  ])("holds %s in base64", async (_, bytes) => {
    const made = JSON.parse((await inForm("standard", { body: bytes })).body.toString());
    expect(made.payloadEncoding).toBe("base64");
    expect(Buffer.from(made.payload, "base64")).toEqual(bytes);
    expect(made.id).toBe(event.id);
  });

  it("decodes a compressed body", async () => {
    const decode: Forming["decode"] = ({ body: sent }) => gunzipSync(sent);
    const sent = { ...parcel, body: gzipSync(body) };
    const made = await formParcel(
      sent,
      forming([route("standard")], { decode }),
      AbortSignal.timeout(5_000),
    );
    expect("body" in made && made.body.includes(body)).toBe(true);
  });
});

describe("CloudEvents", () => {
  it("binary: the same bytes, and attributes as headers, by the library's own reading", async () => {
    const made = await inForm("cloudevents");
    expect(made.body.equals(body)).toBe(true);
    expect(headerOf(made.headers, "x-signature")).toBeUndefined();
    expect(headerOf(made.headers, "content-type")).toBe("application/json; charset=utf-8");
    expect(cloudEventOf(made)).toMatchObject({
      specversion: "1.0",
      id: event.id,
      source: "/sources/shop",
      type: "order.paid",
      time: "2023-11-14T22:13:20.999Z",
      provider: "hmac",
      providereventid: "evt_1",
      data: JSON.parse(body.toString()),
    });
  });

  it("structured: one JSON object, whose numbers are as they were written", async () => {
    const made = await inForm("cloudevents-structured");
    expect(headerOf(made.headers, "content-type")).toMatch(/^application\/cloudevents\+json/);
    expect(cloudEventOf(made)).toMatchObject({
      id: event.id,
      type: "order.paid",
      data: JSON.parse(body.toString()),
    });
    expect(made.body.toString()).toContain('"amount":20.00,"big":12345678901234567890');
  });

  it("structured: what isn't JSON is data_base64, whatever it calls itself", async () => {
    const bytes = Buffer.from([0xff, 0x00, 0x22]);
    const made = await inForm("cloudevents-structured", { body: bytes });
    const read = JSON.parse(made.body.toString());
    expect(Buffer.from(read.data_base64, "base64")).toEqual(bytes);
    expect(read.datacontenttype).toBe("application/octet-stream");
    expect("data" in read).toBe(false);
  });

  it("binary: a type that no header can hold is percent-encoded, as the binding asks", async () => {
    const made = await inForm("cloudevents", { event: { ...event, type: 'bezahlt "ü" 100%' } });
    expect(headerOf(made.headers, "ce-type")).toBe("bezahlt%20%22%C3%BC%22%20100%25");
  });
});

describe("a transform", () => {
  const withTransform: Route = { ...route(), transform: "./t.ts" };

  it("puts its JSON in place of all", async () => {
    const transform: Forming["transform"] = async () => ({ kind: "payload", json: '{"n":1}' });
    const made = await formParcel(
      parcel,
      forming([withTransform], { transform }),
      AbortSignal.timeout(5_000),
    );
    expect(made).toMatchObject({
      headers: ["content-type", "application/json"],
      body: Buffer.from('{"n":1}'),
    });
  });

  it("can skip or fail the attempt", async () => {
    const skipped = { kind: "skipped", reason: "not ours" } as const;
    const transform: Forming["transform"] = async () => skipped;
    const made = forming([withTransform], { transform });
    expect(await formParcel(parcel, made, AbortSignal.timeout(5_000))).toEqual(skipped);
  });
});

describe("the route of a delivery", () => {
  const routes: readonly Route[] = [
    { from: ["other"], types: undefined, to: ["crm"], form: "cloudevents" },
    { from: ["shop"], types: ["order.*"], to: ["log", "crm"], form: "standard" },
    { from: undefined, types: undefined, to: ["crm"] },
  ];

  it("is the first that takes the event and names the destination", () => {
    expect(routeOf(routes, event, "crm")).toBe(routes[1]);
    expect(routeOf(routes, { ...event, type: "x" }, "crm")).toBe(routes[2]);
    expect(routeOf(routes, { ...event, type: "x" }, "log")).toBeUndefined();
  });

  it("is missing for a replay to elsewhere, which goes out raw", async () => {
    const elsewhere = { ...parcel, destination: "elsewhere" };
    expect(await formParcel(elsewhere, forming(routes), AbortSignal.timeout(5_000))).toBe(
      elsewhere,
    );
  });
});
