/** What wakes a function: a bus that announces events, and queues. */
import { GatewayError } from "../../core/errors.ts";
import { once, sdk, shortWaits } from "./sdk.ts";

/** A text for a queue, and how long it is kept back: 900 seconds at most. */
export type QueueText = { readonly body: string; readonly delaySeconds?: number };

/** Puts texts into queues. */
export type QueueWriter = (url: string, texts: readonly QueueText[]) => Promise<void>;

const batchSize = 10;
const longestDelay = 900;

/** Opens a writer of queues. Rejects with STORE_UNAVAILABLE where a text isn't taken. */
export function queueWriter(): QueueWriter {
  const open = once(async () => {
    const sqs = await sdk("@aws-sdk/client-sqs", () => import("@aws-sdk/client-sqs"));
    return {
      sqs,
      client: new sqs.SQSClient({ useQueueUrlAsEndpoint: false, requestHandler: shortWaits }),
    };
  });
  return async (QueueUrl, texts) => {
    const { sqs, client } = await open();
    await inBatches(texts, async (batch) => {
      const Entries = batch.map(({ body, delaySeconds = 0 }, at) => ({
        Id: String(at),
        MessageBody: body,
        DelaySeconds: Math.min(longestDelay, Math.max(0, Math.ceil(delaySeconds))),
      }));
      const { Failed = [] } = await client.send(
        new sqs.SendMessageBatchCommand({ QueueUrl, Entries }),
      );
      refuseFailed("queue", Failed[0]?.Message ?? Failed[0]?.Code, Failed.length);
    });
  };
}

/** An event as a bus announces it. */
export type Announcement = {
  readonly source: string;
  readonly type: string;
  readonly time: number;
  readonly detail: string;
};

/** Announces events on a bus. */
export type BusWriter = (bus: string, announcements: readonly Announcement[]) => Promise<void>;

/** Bytes that EventBridge takes of a detail-type. */
const mostType = 128;

/** Opens a writer of a bus. Rejects with STORE_UNAVAILABLE where an event isn't taken. */
export function busWriter(): BusWriter {
  const open = once(async () => {
    const bridge = await sdk(
      "@aws-sdk/client-eventbridge",
      () => import("@aws-sdk/client-eventbridge"),
    );
    return { bridge, client: new bridge.EventBridgeClient({ requestHandler: shortWaits }) };
  });
  return async (EventBusName, announcements) => {
    const { bridge, client } = await open();
    await inBatches(announcements, async (batch) => {
      const Entries = batch.map(({ source, type, time, detail }) => ({
        EventBusName,
        Source: source,
        DetailType: type.slice(0, mostType),
        Time: new Date(time),
        Detail: detail,
      }));
      const sent = await client.send(new bridge.PutEventsCommand({ Entries }));
      const fault = sent.Entries?.find(({ ErrorCode }) => ErrorCode !== undefined);
      refuseFailed("bus", fault?.ErrorMessage ?? fault?.ErrorCode, sent.FailedEntryCount ?? 0);
    });
  };
}

async function inBatches<T>(
  all: readonly T[],
  send: (batch: readonly T[]) => Promise<void>,
): Promise<void> {
  const starts = Array.from({ length: Math.ceil(all.length / batchSize) }, (_, n) => n * batchSize);
  await Promise.all(starts.map((at) => send(all.slice(at, at + batchSize))));
}

function refuseFailed(what: string, reason: string | undefined, failed: number): void {
  if (failed === 0) return;
  throw new GatewayError(
    "STORE_UNAVAILABLE",
    `The ${what} did not take ${failed} of its entries: ${reason ?? "it gave no reason"}`,
  );
}
