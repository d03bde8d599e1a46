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
import { filled, templateText, templateWords } from "./event-template.ts";
import { fifoInput, fifoSettings } from "./fifo.ts";
import { openLines } from "./local-lines.ts";
import { neededValue } from "./sending.ts";

/** Options of `sns()`, beside those of every destination. */
export type SnsOptions = AwsOptions & {
  readonly topicArn: string | SecretRef;
  readonly subject?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly group?: string;
  readonly deduplicationId?: string;
};

const settings = {
  topicArn: z
    .union([z.string().regex(/^arn:/, "a topic's ARN"), secretRef])
    .describe(
      "The topic's ARN; one that ends with `.fifo` is a FIFO topic. What is published is the event's bytes where they are text, else base64 with the attribute `encoding`. Up to 256 KiB, or what the topic's `MaximumMessageSize` allows.",
    ),
  subject: templateText
    .optional()
    .describe(
      `The subject that subscribers by mail see (default none), cut to 99 characters; left out where a part has no value. ${templateWords}`,
    ),
  attributes: attributesSetting,
  ...fifoSettings,
  ...awsSettings,
};

const schema = z.object(settings);
type Settings = z.output<typeof schema>;

/** Publishes events to an SNS topic. */
export function sns(options: SnsOptions): DestinationDefinition {
  return { kind: "destination", type: snsKind, options };
}

/** Amazon SNS as a kind of destination. */
export const snsKind: DestinationKind = {
  name: "sns",
  title: "Amazon SNS",
  settings,
  target: "topicArn",
  concurrency: 10,
  open: openSns,
};

async function openSns(options: unknown, context: DestinationContext): Promise<OpenDestination> {
  const given = schema.parse(options);
  const topicArn = neededValue(context, "topicArn", given.topicArn);
  const inputOf = (parcel: Parcel) => inputFor(parcel, topicArn, given);
  if (context.local !== undefined) {
    const name = pathSegment(topicArn.split(":").at(-1) ?? topicArn);
    return openLines(context, join(context.local.folder, "sns", `${name}.jsonl`), inputOf);
  }
  const { SNSClient, PublishCommand } = await clientModule(
    "@aws-sdk/client-sns",
    () => import("@aws-sdk/client-sns"),
    context,
  );
  const region = given.region ?? regionIn(topicArn);
  const client = new SNSClient(clientConfig({ ...given, region }, context));
  return openAws(context, [client], async (parcel, abortSignal) => {
    const input = inputOf(parcel);
    if ("kind" in input) return input;
    await client.send(new PublishCommand(input), { abortSignal });
    return { kind: "delivered" };
  });
}

function inputFor(parcel: Parcel, topicArn: string, given: Settings) {
  const attributed = attributedText(parcel, given.attributes);
  const fifo = fifoInput(parcel, { ...given, isFifo: topicArn.endsWith(".fifo") });
  if ("kind" in fifo) return fifo;
  const subject = given.subject === undefined ? undefined : filled(given.subject, parcel);
  return (
    overLargest(sizeOf(attributed)) ?? {
      TopicArn: topicArn,
      Message: attributed.text,
      MessageAttributes: stringAttributes(attributed.attributes),
      ...(subject === undefined ? {} : { Subject: sendableSubject(subject) }),
      ...fifo,
    }
  );
}

/** One line of ASCII that begins visibly, under 100 characters: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html. */
function sendableSubject(subject: string): string {
  const line = subject.trim().replaceAll(/[^\x20-\x7e]/gu, "?");
  return line.slice(0, 99);
}
