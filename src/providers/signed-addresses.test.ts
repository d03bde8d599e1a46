/** Senders that sign more than a body: what is particular of Contentful, Plivo and Dropbox Sign. */
import { describe, expect, it } from "vitest";
import type { Provider } from "../core/define.ts";
import { rawHeadersFrom } from "../kit/raw-headers.ts";
import { identify, judge, now, requestOf, url } from "./conformance-requests.ts";
import { contentful, dropboxSign, plivo, plivoV2 } from "./index.ts";

const secrets = [{ name: "A", value: "a secret as it is" }];

function sent(provider: unknown, body: string, contentType?: string) {
  const { sign } = provider as Provider;
  const given = { body: Buffer.from(body), secret: "a secret as it is", now, options: {}, url };
  const type = contentType === undefined ? {} : { contentType };
  const signed = sign({ ...given, ...type, id: "key_1", type: "thing.made" });
  return requestOf({
    headers: rawHeadersFrom({ "content-type": "application/json", ...signed.headers }),
    body: signed.body ?? given.body,
  });
}

const verdict = (provider: unknown, request: ReturnType<typeof sent>) =>
  judge({ provider: provider as Provider }, request, { secrets });

const withHeader = (request: ReturnType<typeof sent>, name: string, value: string) => ({
  ...request,
  headers: request.headers.map((text, at) =>
    request.headers[at - 1]?.toLowerCase() === name ? value : text,
  ),
});

describe("contentful", () => {
  const request = sent(contentful, "{}");

  it("refuses a change of any listed header, of the list, of the method and of the path", () => {
    expect(verdict(contentful, request).kind).toBe("verified");
    for (const [name, value] of [
      ["x-contentful-topic", "ContentManagement.Entry.delete"],
      ["x-contentful-idempotency-key", "key_2"],
      ["x-contentful-timestamp", String(now + 1)],
      [
        "x-contentful-signed-headers",
        "x-contentful-topic,x-contentful-signed-headers,x-contentful-timestamp",
      ],
    ] as const) {
      const code = "INVALID_SIGNATURE";
      expect(verdict(contentful, withHeader(request, name, value))).toMatchObject({ code });
    }
    expect(verdict(contentful, { ...request, method: "PUT" }).kind).toBe("rejected");
    expect(verdict(contentful, { ...request, path: "/hooks/out" }).kind).toBe("rejected");
    expect(verdict(contentful, { ...request, query: "q=1" }).kind).toBe("rejected");
  });

  it("refuses a list that leaves out the instant or itself, or names what isn't there", () => {
    for (const list of [
      "",
      "x-contentful-topic,x-contentful-timestamp",
      "x-contentful-signed-headers,x-contentful-topic",
      "x-contentful-absent,x-contentful-signed-headers,x-contentful-timestamp",
    ]) {
      const spoilt = withHeader(request, "x-contentful-signed-headers", list);
      expect(verdict(contentful, spoilt)).toMatchObject({ code: "INVALID_FORMAT" });
    }
  });

  it("names an event by its topic", () => {
    const [event] = identify({ provider: contentful }, request);
    expect(event).toMatchObject({ id: "key_1", type: "thing.made", occurredAt: now });
  });
});

describe("plivo", () => {
  const form = "application/x-www-form-urlencoded";

  it("takes any signature of a list, and the main account's", () => {
    const request = sent(plivo, "CallStatus=ringing&CallUUID=1", form);
    const at = request.headers.indexOf("X-Plivo-Signature-V3");
    const signature = request.headers[at + 1] as string;
    const other = "A".repeat(43);
    const listed = withHeader(request, "x-plivo-signature-v3", `${other}=,${signature}`);
    expect(verdict(plivo, listed).kind).toBe("verified");
    const headers = listed.headers.with(at, "X-Plivo-Signature-Ma-V3");
    expect(verdict(plivo, { ...listed, headers }).kind).toBe("verified");
    expect(verdict(plivo, withHeader(request, "x-plivo-signature-v3", `${other}=`))).toMatchObject({
      code: "INVALID_SIGNATURE",
    });
  });

  it("takes no signature of one version for the other's, whatever the nonce", () => {
    const request = sent(plivo, "CallStatus=ringing", form);
    const at = request.headers.indexOf("X-Plivo-Signature-V3");
    const nonce = "?CallStatusringing.key_1";
    const forged = {
      ...request,
      headers: ["X-Plivo-Signature-V2", request.headers[at + 1] as string].concat([
        "X-Plivo-Signature-V2-Nonce",
        nonce,
      ]),
    };
    expect(verdict(plivoV2, forged)).toMatchObject({ code: "INVALID_FORMAT" });
  });

  it("refuses a body that is no form, since nothing would cover it", () => {
    const request = sent(plivo, "", form);
    expect(verdict(plivo, request).kind).toBe("verified");
    const json = withHeader({ ...request, body: Buffer.from("{}") }, "content-type", "text/plain");
    expect(verdict(plivo, json)).toMatchObject({ code: "INVALID_FORMAT" });
  });

  it.each([
    ["Event=Hangup&CallStatus=completed", "Hangup"],
    ["CallStatus=ringing", "ringing"],
    ["MessageUUID=1&Status=delivered", "delivered"],
    ["MessageUUID=1&Type=sms&Text=Hi", "sms"],
    ["", "unknown"],
  ])("names an event by %s", (body, type) => {
    const [event] = identify({ provider: plivo }, sent(plivo, body, form));
    expect(event).toEqual({ type, dedupe: { by: "content" } });
  });
});

describe("dropbox-sign", () => {
  const body = '{"event":{"event_metadata":{"a":1}},"signature_request":{"title":"grüße"}}';
  const request = sent(dropboxSign, body);

  it("reads JSON from the form that it comes in, and plain JSON too", () => {
    expect(request.body.toString()).toContain('name="json"');
    expect(verdict(dropboxSign, request)).toEqual({ kind: "authenticated", secret: "A" });
    const [event] = identify({ provider: dropboxSign }, request);
    expect(event).toMatchObject({ type: "thing.made", occurredAt: now, range: { start: 0 } });
    const text = request.body.toString();
    const json = Buffer.from(text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1));
    const plain = { ...withHeader(request, "content-type", "application/json"), body: json };
    expect(verdict(dropboxSign, plain).kind).toBe("authenticated");
    const [same] = identify({ provider: dropboxSign }, plain);
    expect(same?.dedupe).toEqual(event?.dedupe);
    expect(same?.range).toBeUndefined();
  });

  it("refuses an instant and a type that could have been cut elsewhere", () => {
    const moved = request.body.toString().replace("thing.made", "1thing.made");
    expect(verdict(dropboxSign, { ...request, body: Buffer.from(moved) })).toMatchObject({
      code: "INVALID_FORMAT",
    });
  });
});
