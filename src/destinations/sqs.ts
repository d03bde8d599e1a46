import { join } from "node:path";
import * as z from "zod";
import { pathSegment } from "../core/archive.ts";
import type { DestinationContext, DestinationDefinition, DestinationKind } from "../core/define.ts";
import { secretRef } from "../core/secret-ref.ts";
import type { OpenDestination, Parcel, SecretRef } from "../core/types.ts";
import {
  type AwsOptions,
  awsSettings,
  clientConfig,
  clientModule,
  openAws,
  overLargest,
  regionIn,
} from "./aws.ts";
import { attributedText, attributesSetting, sizeOf, stringAttributes } from "./event-attributes.ts";
import { fifoInput, fifoSettings } from "./fifo.ts";
import { openLines } from "./local-lines.ts";
import { neededValue } from "./sending.ts";

/** Options of `sqs()`, beside those of every destination. */
export type SqsOptions = AwsOptions & {
  readonly queueUrl: string | SecretRef;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly group?: string;
  readonly deduplicationId?: string;
};

const settings = {
  queueUrl: z
    .union([z.url({ error: "a queue's address" }), secretRef])
    .describe(
      "The queue's address; one that ends with `.fifo` is a FIFO queue. The body is the event's bytes where they are text, else base64 with the attribute `encoding`. Up to 1 MiB, or what the queue allows.",
    ),
  attributes: attributesSetting,
  ...fifoSettings,
  ...awsSettings,
};

const schema = z.object(settings);
type Settings = z.output<typeof schema>;

/** Sends events to an SQS queue. */
export function sqs(options: SqsOptions): DestinationDefinition {
  return { kind: "destination", type: sqsKind, options };
}

/** Amazon SQS as a kind of destination. */
export const sqsKind: DestinationKind = {
  name: "sqs",
  title: "Amazon SQS",
  settings,
  target: "queueUrl",
  concurrency: 10,
  open: openSqs,
};

async function openSqs(options: unknown, context: DestinationContext): Promise<OpenDestination> {
  const given = schema.parse(options);
  const queueUrl = neededValue(context, "queueUrl", given.queueUrl);
  const inputOf = (parcel: Parcel) => inputFor(parcel, queueUrl, given);
  if (context.local !== undefined) {
    const name = pathSegment(queueUrl.split("/").at(-1) ?? queueUrl);
    return openLines(context, join(context.local.folder, "sqs", `${name}.jsonl`), inputOf);
  }
  const { SQSClient, SendMessageCommand } = await clientModule(
    "@aws-sdk/client-sqs",
    () => import("@aws-sdk/client-sqs"),
    context,
  );
  const region = given.region ?? regionIn(queueUrl);
  const client = new SQSClient({
    ...clientConfig({ ...given, region }, context),
    // What was said by a setting or AWS_ENDPOINT_URL comes before the host in the queue's address.
    useQueueUrlAsEndpoint: false,
  });
  return openAws(context, [client], async (parcel, abortSignal) => {
    const input = inputOf(parcel);
    if ("kind" in input) return input;
    await client.send(new SendMessageCommand(input), { abortSignal });
    return { kind: "delivered" };
  });
}

function inputFor(parcel: Parcel, queueUrl: string, given: Settings) {
  const attributed = attributedText(parcel, given.attributes);
  const fifo = fifoInput(parcel, { ...given, isFifo: queueUrl.endsWith(".fifo") });
  if ("kind" in fifo) return fifo;
  return (
    overLargest(sizeOf(attributed)) ?? {
      QueueUrl: queueUrl,
      MessageBody: attributed.text,
      MessageAttributes: stringAttributes(attributed.attributes),
      ...fifo,
    }
  );
}
