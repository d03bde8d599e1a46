import { createHash } from "node:crypto";
import type { Parcel } from "../core/types.ts";
import { filled, templateText, templateWords } from "./event-template.ts";
import { type Failed, refused } from "./sending.ts";

/** Settings of FIFO queues and topics. */
export const fifoSettings = {
  group: templateText
    .optional()
    .describe(
      `The message group: in order within it (default \`{source}\` for FIFO, none else). ${templateWords}`,
    ),
  deduplicationId: templateText
    .optional()
    .describe(
      "For FIFO, what a repeat is recognised by within five minutes (default `{id}`; with `{deliveryId}` a replay gets through).",
    ),
};

const longestId = 128;

/** Group and deduplication id of one event; neither, without a setting, where the queue or topic isn't FIFO. */
export function fifoInput(
  parcel: Parcel,
  given: {
    readonly isFifo: boolean;
    readonly group?: string | undefined;
    readonly deduplicationId?: string | undefined;
  },
): { MessageGroupId?: string; MessageDeduplicationId?: string } | Failed {
  const { isFifo, group = isFifo ? "{source}" : undefined, deduplicationId = "{id}" } = given;
  if (group === undefined) return {};
  const MessageGroupId = sendableId(filled(group, parcel));
  if (MessageGroupId === undefined) return refused(`the event has no value for its group ${group}`);
  if (!isFifo) return { MessageGroupId };
  const MessageDeduplicationId = sendableId(filled(deduplicationId, parcel));
  if (MessageDeduplicationId !== undefined) return { MessageGroupId, MessageDeduplicationId };
  return refused(`the event has no value for its deduplicationId ${deduplicationId}`);
}

/** These ids are visible ASCII; anything else is percent-encoded, and what is longer by its hash. */
function sendableId(text: string | undefined): string | undefined {
  if (text === undefined || (/^[\x21-\x7e]*$/.test(text) && text.length <= longestId)) return text;
  const encoded = encodeURIComponent(text.toWellFormed());
  return encoded.length <= longestId ? encoded : createHash("sha256").update(text).digest("hex");
}
