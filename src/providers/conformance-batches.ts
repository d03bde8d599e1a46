/** A batch of each sender that sends some, as its documentation shows it. */
import type { DedupeBasis } from "../core/types.ts";

/** What an item must tell. */
export type Told = { readonly type: string; readonly dedupe: DedupeBasis; readonly at?: number };

const byContent: DedupeBasis = { by: "content" };
const byId = (id: string): DedupeBasis => ({ by: "id", id });
const byBoth = (id: string): DedupeBasis => ({ by: "id-and-content", id });
/** 2026-11-20T10:00:00Z */
const instant = 1_795_168_800_000;

/** What is around the items, the items, and what they tell. */
export type SenderBatch = {
  readonly body: (items: readonly string[]) => string;
  readonly items: readonly string[];
  readonly told: readonly Told[];
};

const hubspot: SenderBatch = {
  body: (items) => `[${items}]`,
  items: [
    `{"eventId":7,"subscriptionId":12,"occurredAt":${instant},"subscriptionType":"contact.creation","objectId":33,"attemptNumber":0}`,
    `{"eventId":7,"subscriptionId":12,"occurredAt":${instant},"subscriptionType":"contact.creation","objectId":34,"attemptNumber":2}`,
  ],
  told: [
    { type: "contact.creation", dedupe: byId(`7.12.${instant}.33`), at: instant },
    { type: "contact.creation", dedupe: byId(`7.12.${instant}.34`), at: instant },
  ],
};

const eventGrid: SenderBatch = {
  body: (items) => `[${items}]`,
  items: [
    '{"topic":"/t","subject":"a","eventType":"Order.Placed","eventTime":"2026-11-20T10:00:00Z","id":"e1","data":{},"dataVersion":"1","metadataVersion":"1"}',
    '{"topic":"/t","subject":"a","eventType":"Order.Paid","eventTime":"2026-11-20T10:00:00Z","id":"e2","data":{},"dataVersion":"1","metadataVersion":"1"}',
  ],
  told: [
    { type: "Order.Placed", dedupe: byBoth("e1"), at: instant },
    { type: "Order.Paid", dedupe: byBoth("e2"), at: instant },
  ],
};

/** By the provider's name. */
export const senderBatches: Readonly<Record<string, SenderBatch>> = {
  sendgrid: {
    body: (items) => `[${items}]`,
    items: [
      '{"email":"a@example.com","event":"processed","sg_event_id":"ev==1","timestamp":1795514400}\r\n',
      '{"email":"a@example.com","event":"delivered","sg_event_id":"ev==2"}\r\n',
    ],
    told: [
      { type: "processed", dedupe: byId("ev==1"), at: 1_795_514_400_000 },
      { type: "delivered", dedupe: byId("ev==2") },
    ],
  },
  "azure-eventgrid": eventGrid,
  "azure-eventgrid-entra": eventGrid,
  line: {
    body: (items) => `{"destination":"U1","events":[${items}]}`,
    items: [
      '{"type":"message","webhookEventId":"01H","timestamp":1795514400123,"message":{"text":"grüße ]"}}',
      '{"type":"follow","webhookEventId":"01J","deliveryContext":{"isRedelivery":true}}',
    ],
    told: [
      { type: "message", dedupe: byId("01H"), at: 1_795_514_400_123 },
      { type: "follow", dedupe: byId("01J") },
    ],
  },
  meta: {
    body: (items) => `{"object":"whatsapp_business_account","entry":[${items}]}`,
    items: [
      '{"id":"1","changes":[{"field":"messages","value":{}}]}',
      '{"id":"2","messaging":[{}]}',
    ],
    told: [
      { type: "whatsapp_business_account.messages", dedupe: byContent },
      { type: "whatsapp_business_account", dedupe: byContent },
    ],
  },
  okta: {
    body: (items) =>
      `{"eventId":"d_1","eventType":"com.okta.event_hook","data":{"events":[${items}]}}`,
    items: ['{"uuid":"u_1","eventType":"user.session.start","published":"2026-11-20T10:00:00Z"}'],
    told: [{ type: "user.session.start", dedupe: byBoth("u_1"), at: instant }],
  },
  gocardless: {
    body: (items) => `{"events":[${items}],"meta":{"webhook_id":"WB1"}}`,
    items: [
      '{"id":"EV1","resource_type":"payments","action":"confirmed","created_at":"2026-11-20T10:00:00Z"}',
      '{"id":"EV2","resource_type":"mandates","action":"cancelled"}',
    ],
    told: [
      { type: "payments.confirmed", dedupe: byId("EV1"), at: instant },
      { type: "mandates.cancelled", dedupe: byId("EV2") },
    ],
  },
  hubspot,
  "hubspot-v1": hubspot,
  "hubspot-v2": hubspot,
  klaviyo: {
    body: (items) => `{"data":[${items}],"meta":{"klaviyo_webhook_id":"w"}}`,
    items: ['{"topic":"event:klaviyo.sent_sms","external_id":"k_1","payload":{}}'],
    told: [{ type: "event:klaviyo.sent_sms", dedupe: byId("k_1") }],
  },
  pusher: {
    body: (items) => `{"time_ms":${instant},"events":[${items}]}`,
    items: [
      '{"name":"channel_occupied","channel":"a"}',
      '{"name":"channel_occupied","channel":"a"}',
    ],
    told: [
      { type: "channel_occupied", dedupe: byContent, at: instant },
      { type: "channel_occupied", dedupe: byContent, at: instant },
    ],
  },
  asana: {
    body: (items) => `{"events":[${items}]}`,
    items: [
      '{"action":"changed","resource":{"gid":"1","resource_type":"task"},"created_at":"2026-11-20T10:00:00Z"}',
    ],
    told: [{ type: "task.changed", dedupe: byContent, at: instant }],
  },
  xero: {
    body: (items) => `{"events":[${items}],"firstEventSequence":1,"entropy":"x"}`,
    items: [
      '{"eventCategory":"INVOICE","eventType":"UPDATE","eventDateUtc":"2026-11-20T10:00:00.123"}',
    ],
    told: [{ type: "INVOICE.UPDATE", dedupe: byContent }],
  },
  quickbooks: {
    body: (items) => `[${items}]`,
    items: [
      '{"specversion":"1.0","id":"88cd-Account-1","type":"qbo.account.created.v1","time":"2026-11-20T10:00:00Z"}',
    ],
    told: [{ type: "qbo.account.created.v1", dedupe: byId("88cd-Account-1"), at: instant }],
  },
  emailit: {
    body: (items) => `[${items}]`,
    items: [
      '{"event_id":"evt_1","type":"email.delivered"}',
      '{"event_id":"evt_2","type":"email.opened"}',
    ],
    told: [
      { type: "email.delivered", dedupe: byId("evt_1") },
      { type: "email.opened", dedupe: byId("evt_2") },
    ],
  },
  pandadoc: {
    body: (items) => `[${items}]`,
    items: ['{"event":"document_state_changed","data":{"id":"doc_1"}}'],
    told: [{ type: "document_state_changed", dedupe: byContent }],
  },
  cloudevents: {
    body: (items) => ` [ ${items} ] `,
    items: [
      '{"specversion":"1.0","id":"c_1","source":"/s","type":"a.b","time":"2026-11-20T10:00:00Z"}',
    ],
    told: [{ type: "a.b", dedupe: byBoth("c_1"), at: instant }],
  },
  adyen: {
    body: (items) => {
      const elements = items.map((item) => `{ "NotificationRequestItem" : ${item}}`);
      return `{"live":"false","notificationItems":[${elements}]}`;
    },
    items: [
      '{"eventCode":"AUTHORISATION","pspReference":"P1","success":"true","eventDate":"2026-11-20T11:00:00+01:00"}',
      '{"eventCode":"AUTHORISATION","pspReference":"P1","success":"false"}',
    ],
    told: [
      { type: "AUTHORISATION", dedupe: byBoth("AUTHORISATION.P1.true"), at: instant },
      { type: "AUTHORISATION", dedupe: byBoth("AUTHORISATION.P1.false") },
    ],
  },
  "ms-graph": {
    body: (items) => `{"value":[${items}],"validationTokens":["x"]}`,
    items: [
      '{"id":"n_1","changeType":"updated","clientState":"s","resource":"me/messages"}',
      '{"subscriptionId":"s_1","lifecycleEvent":"missed","clientState":"s"}',
    ],
    told: [
      { type: "updated", dedupe: byBoth("n_1") },
      { type: "missed", dedupe: byContent },
    ],
  },
  mandrill: {
    body: (items) => `[${items}]`,
    items: [
      '{"event":"open","_id":"m_1","ts":1795514400,"msg":{"_id":"m_1"}}',
      '{"event":"open","_id":"m_1","ts":1795514400,"msg":{"_id":"m_1"}}',
      '{"type":"blacklist","action":"add"}',
    ],
    told: [
      { type: "open", dedupe: byContent, at: 1_795_514_400_000 },
      { type: "open", dedupe: byContent, at: 1_795_514_400_000 },
      { type: "blacklist.add", dedupe: byContent },
    ],
  },
};
