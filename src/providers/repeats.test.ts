/**
 * The traps of senders' ids, each as two requests: one that a sender makes when it tries again, which must be
 * known, and one that tells something else, which must never be taken for the first.
 */
import { describe, expect, it } from "vitest";
import { secret } from "../core/define.ts";
import { identify } from "../core/identify.ts";
import { judgeGateway } from "../core/judge-gateway.ts";
import { receive } from "../core/receive.ts";
import type { Verified } from "../core/verify.ts";
import { rawHeadersFrom } from "../kit/raw-headers.ts";
import { requestOf } from "./conformance-requests.ts";
import { providers } from "./index.ts";

type Sent = { readonly headers?: Readonly<Record<string, string>>; readonly body: unknown };
type Trap = {
  readonly provider: string;
  readonly what: string;
  readonly first: Sent;
  readonly again: Sent;
  readonly other: Sent;
};

const wc = "X-WC-Webhook-Delivery-ID";
const shopify = (webhook: string, event: string) => ({
  "X-Shopify-Topic": "orders/updated",
  "X-Shopify-Webhook-Id": webhook,
  "X-Shopify-Event-Id": event,
});
const standard = (id: string, at: string) => ({
  "webhook-id": id,
  "webhook-timestamp": at,
  "webhook-signature": "v1,x",
});
const contact = { eventId: 7, subscriptionId: 1, occurredAt: 1_795_168_800_000, objectId: 33 };
const authorised = { eventCode: "AUTHORISATION", pspReference: "P", success: "true" };
const adyenItem = (item: object) => ({ notificationItems: [{ NotificationRequestItem: item }] });
const opened = { event: "open", _id: "m_1", ts: 1 };
const occupied = { name: "channel_occupied", channel: "a" };

const traps: readonly Trap[] = [
  {
    provider: "woocommerce",
    what: "a delivery id that two events of one second share",
    first: { headers: { [wc]: "a" }, body: { id: 1 } },
    again: { headers: { [wc]: "a" }, body: { id: 1 } },
    other: { headers: { [wc]: "a" }, body: { id: 2 } },
  },
  {
    provider: "box",
    what: "a header's id that is another at each try",
    first: { headers: { "BOX-DELIVERY-ID": "1" }, body: { id: "e" } },
    again: { headers: { "BOX-DELIVERY-ID": "2" }, body: { id: "e" } },
    other: { headers: { "BOX-DELIVERY-ID": "1" }, body: { id: "f" } },
  },
  {
    provider: "shopify",
    what: "an event's id that all of its deliveries share, whatever the topic",
    first: { headers: shopify("w_1", "e"), body: {} },
    again: { headers: shopify("w_1", "e"), body: {} },
    other: { headers: shopify("w_2", "e"), body: {} },
  },
  {
    provider: "github",
    what: "a delivery id that stays when a person delivers again, and that nothing signs",
    first: { headers: { "X-GitHub-Delivery": "d" }, body: { n: 1 } },
    again: { headers: { "X-GitHub-Delivery": "d" }, body: { n: 1 } },
    other: { headers: { "X-GitHub-Delivery": "d" }, body: { n: 2 } },
  },
  {
    provider: "paddle",
    what: "a notification's id beside the event's",
    first: { body: { event_id: "evt_1", notification_id: "ntf_1" } },
    again: { body: { event_id: "evt_1", notification_id: "ntf_2" } },
    other: { body: { event_id: "evt_2", notification_id: "ntf_1" } },
  },
  {
    provider: "lemon-squeezy",
    what: "an id in the body that is the webhook's own",
    first: { body: { meta: { webhook_id: "w" }, data: { id: "1" } } },
    again: { body: { meta: { webhook_id: "w" }, data: { id: "1" } } },
    other: { body: { meta: { webhook_id: "w" }, data: { id: "2" } } },
  },
  {
    provider: "pagerduty",
    what: "a body that isn't the same at each try",
    first: { body: { event: { id: "1" }, attempt_number: 1 } },
    again: { body: { event: { id: "1" }, attempt_number: 2 } },
    other: { body: { event: { id: "2" }, attempt_number: 1 } },
  },
  {
    provider: "mux",
    what: "a body that lists its tries",
    first: { body: { id: "1", attempts: [] } },
    again: { body: { id: "1", attempts: [{}] } },
    other: { body: { id: "2", attempts: [] } },
  },
  {
    provider: "notion",
    what: "a body that counts its tries",
    first: { body: { id: "1", attempt_number: 1 } },
    again: { body: { id: "1", attempt_number: 2 } },
    other: { body: { id: "2", attempt_number: 1 } },
  },
  {
    provider: "standard-webhooks",
    what: "a timestamp that is the try's",
    first: { headers: standard("m_1", "1"), body: {} },
    again: { headers: standard("m_1", "9"), body: {} },
    other: { headers: standard("m_2", "1"), body: {} },
  },
  {
    provider: "slack",
    what: "a header that counts tries",
    first: { body: { event_id: "Ev1" } },
    again: { headers: { "X-Slack-Retry-Num": "1" }, body: { event_id: "Ev1" } },
    other: { body: { event_id: "Ev2" } },
  },
  {
    provider: "gocardless",
    what: "a webhook's id around events that have their own",
    first: { body: { events: [{ id: "EV1" }], meta: { webhook_id: "WB1" } } },
    again: { body: { events: [{ id: "EV1" }], meta: { webhook_id: "WB2" } } },
    other: { body: { events: [{ id: "EV2" }], meta: { webhook_id: "WB1" } } },
  },
  {
    provider: "okta",
    what: "a delivery's id around events that have their own",
    first: { body: { eventId: "d_1", data: { events: [{ uuid: "u_1" }] } } },
    again: { body: { eventId: "d_2", data: { events: [{ uuid: "u_1" }] } } },
    other: { body: { eventId: "d_1", data: { events: [{ uuid: "u_2" }] } } },
  },
  {
    provider: "hubspot",
    what: "an id that isn't unique, and items that count their tries",
    first: { body: [{ ...contact, attemptNumber: 0 }] },
    again: { body: [{ ...contact, attemptNumber: 1 }] },
    other: { body: [{ ...contact, objectId: 34 }] },
  },
  {
    provider: "line",
    what: "an item that says that it comes again",
    first: { body: { events: [{ webhookEventId: "1" }] } },
    again: { body: { events: [{ webhookEventId: "1", deliveryContext: { isRedelivery: true } }] } },
    other: { body: { events: [{ webhookEventId: "2" }] } },
  },
  {
    provider: "sendgrid",
    what: "an event that comes again in another batch",
    first: { body: [{ sg_event_id: "1" }] },
    again: { body: [{ sg_event_id: "1" }, { sg_event_id: "2" }] },
    other: { body: [{ sg_event_id: "3" }] },
  },
  {
    provider: "adyen",
    what: "a payment's reference that all of its outcomes share",
    first: { body: adyenItem(authorised) },
    again: { body: adyenItem(authorised) },
    other: { body: adyenItem({ ...authorised, success: "false" }) },
  },
  {
    provider: "mandrill",
    what: "an id that is the message's: it may be opened twice in a second",
    first: { body: [opened] },
    again: { body: [opened] },
    other: { body: [{ event: "click" }, opened] },
  },
  {
    provider: "pusher",
    what: "equal events, told apart by what is around them",
    first: { body: { time_ms: 1, events: [occupied] } },
    again: { body: { time_ms: 1, events: [occupied] } },
    other: { body: { time_ms: 2, events: [occupied] } },
  },
  {
    provider: "dropbox-sign",
    what: "a hash that two events of one type and second share",
    first: { body: { event: { event_hash: "h", event_time: "1" }, signature_request: "a" } },
    again: { body: { event: { event_hash: "h", event_time: "1" }, signature_request: "a" } },
    other: { body: { event: { event_hash: "h", event_time: "1" }, signature_request: "b" } },
  },
  {
    provider: "contentful",
    what: "a key that nothing says is signed",
    first: { headers: { "X-Contentful-Idempotency-Key": "k" }, body: { sys: { version: 1 } } },
    again: { headers: { "X-Contentful-Idempotency-Key": "k" }, body: { sys: { version: 1 } } },
    other: { headers: { "X-Contentful-Idempotency-Key": "k" }, body: { sys: { version: 2 } } },
  },
  {
    provider: "twilio",
    what: "an id that all states of a message share",
    first: { body: { MessageSid: "SM1", MessageStatus: "sent" } },
    again: { body: { MessageSid: "SM1", MessageStatus: "sent" } },
    other: { body: { MessageSid: "SM1", MessageStatus: "delivered" } },
  },
];

/** The dedupe keys of a request's events, and for how long they last. */
function keysOf(name: string, { headers = {}, body }: Sent) {
  const provider = providers.find((one) => one.name === name);
  if (provider === undefined) throw new Error(`no provider ${name}`);
  const options = { path: "/in", secrets: [secret("S")] };
  const judged = judgeGateway({
    publicUrl: "https://example.com",
    sources: { in: { kind: "source", provider, options } },
    destinations: {},
    routes: [],
  });
  const source = judged.kind === "gateway" ? judged.gateway.sources[0] : undefined;
  if (source === undefined) throw new Error(`${name} is no source`);
  const bytes = Buffer.from(JSON.stringify(body), "utf8");
  const request = requestOf({ headers: rawHeadersFrom(headers), body: bytes });
  const verified = { ...receive(request, source), assurance: "verified" } as unknown as Verified;
  return identify(verified, bytes).events.map(({ dedupe }) => dedupe);
}

describe("a repeat", () => {
  it.each(traps)("of $provider is known, and nothing else is, in spite of $what", (trap) => {
    const [first] = keysOf(trap.provider, trap.first);
    expect(first).toBeDefined();
    expect(keysOf(trap.provider, trap.again)[0]).toEqual(first);
    expect(keysOf(trap.provider, trap.other).map((key) => key?.key)).not.toContain(first?.key);
  });

  it.each(["meta", "zoom", "dropbox", "xero", "asana"])(
    "of %s, which has no ids, is known for a minute only, so that equal thin events aren't lost",
    (name) => {
      const bodies = [
        { entry: [{ id: "1" }] },
        { event: "x" },
        { events: [{ action: "changed" }] },
      ];
      for (const body of bodies) {
        for (const dedupe of keysOf(name, { body })) {
          expect(dedupe?.key).toMatch(/^content:/);
          expect(dedupe?.lastsMs).toBe(60_000);
        }
      }
    },
  );

  it("within one batch is none: two equal items are two events", () => {
    const keys = keysOf("pusher", { body: { time_ms: 1, events: [occupied, occupied] } });
    expect(new Set(keys.map((key) => key?.key)).size).toBe(2);
  });
});
