/** What SQS and SNS have in common: a text with attributes, goes to an address, perhaps in the order of a group. */
import { join } from "node:path";
import { pathSegment } from "../core/archive.ts";
import type { DestinationContext } from "../core/define.ts";
import type { OpenDestination, Parcel } from "../core/types.ts";
import { type AwsClient, type AwsOptions, awsSettings, openAws, overLargest } from "./aws.ts";
import { attributedText, attributesSetting, sizeOf, stringAttributes } from "./event-attributes.ts";
import { fifoInput, fifoSettings } from "./fifo.ts";
import { openLines } from "./local-lines.ts";
import type { Failed } from "./sending.ts";

/** Options of both, beside the address. */
export type AttributedOptions = AwsOptions & {
  readonly attributes?: Readonly<Record<string, string>>;
  readonly group?: string;
  readonly deduplicationId?: string;
};

/** Settings of both, beside the address. */
export const attributedSettings = {
  attributes: attributesSetting,
  ...fifoSettings,
  ...awsSettings,
};

type Given = {
  readonly attributes?: Readonly<Record<string, string>> | undefined;
  readonly group?: string | undefined;
  readonly deduplicationId?: string | undefined;
};

/** An event as both take it, `text` apart; or why it can't be sent. */
export function attributedInput(parcel: Parcel, address: string, given: Given) {
  const attributed = attributedText(parcel, given.attributes);
  const fifo = fifoInput(parcel, { ...given, isFifo: address.endsWith(".fifo") });
  if ("kind" in fifo) return fifo;
  const MessageAttributes = stringAttributes(attributed.attributes);
  return (
    overLargest(sizeOf(attributed)) ?? {
      text: attributed.text,
      fields: { MessageAttributes, ...fifo },
    }
  );
}

/** How such a destination is opened. */
type Opening<T> = {
  /** The folder of its local form, and the name of the file in it. */
  readonly kind: string;
  readonly name: string;
  readonly inputOf: (parcel: Parcel) => T | Failed;
  readonly connect: () => Promise<{
    readonly client: AwsClient;
    readonly send: (input: T, signal: AbortSignal) => Promise<unknown>;
  }>;
};

/** Opens it over its client, or as a file of lines where the gateway runs without its cloud. */
export async function openAttributed<T extends object>(
  context: DestinationContext,
  { kind, name, inputOf, connect }: Opening<T>,
): Promise<OpenDestination> {
  if (context.local !== undefined) {
    const file = join(context.local.folder, kind, `${pathSegment(name)}.jsonl`);
    return openLines(context, file, inputOf);
  }
  const { client, send } = await connect();
  return openAws(context, [client], async (parcel, signal) => {
    const input = inputOf(parcel);
    if ("kind" in input) return input as Failed;
    await send(input, signal);
    return { kind: "delivered" };
  });
}
