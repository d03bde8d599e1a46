import * as z from "zod";
import type { DestinationContext, DestinationDefinition, DestinationKind } from "../core/define.ts";
import type { OpenDestination, Parcel, SecretRef } from "../core/types.ts";
import {
  type AttributedOptions,
  attributedInput,
  attributedSettings,
  openAttributed,
} from "./attributed.ts";
import { clientConfig, clientModule, regionIn } from "./aws.ts";
import { awsFindings, awsForms, awsName } from "./aws-address.ts";
import { filled, templateText, templateWords } from "./event-template.ts";
import { neededValue } from "./sending.ts";

/** Options of `sns()`, beside those of every destination. */
export type SnsOptions = AttributedOptions & {
  readonly topicArn: string | SecretRef;
  readonly subject?: string;
};

const sdk = "@aws-sdk/client-sns";

const settings = {
  topicArn: awsName(awsForms.topic).describe(
    "The topic's ARN; one that ends with `.fifo` is a FIFO topic. What is published is the event's bytes where they are text, else base64 with the attribute `encoding`. Up to 256 KiB, or what the topic's `MaximumMessageSize` allows.",
  ),
  subject: templateText
    .optional()
    .describe(
      `The subject that subscribers by mail see (default none), cut to 99 characters; left out where a part has no value. ${templateWords}`,
    ),
  ...attributedSettings,
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
  check: async (options, context) => {
    const { topicArn: given } = schema.parse(options);
    return awsFindings(context, [{ option: "topicArn", given, form: awsForms.topic }], [sdk]);
  },
};

async function openSns(options: unknown, context: DestinationContext): Promise<OpenDestination> {
  const given = schema.parse(options);
  const topicArn = neededValue(context, "topicArn", given.topicArn);
  return openAttributed(context, {
    kind: "sns",
    name: topicArn.split(":").at(-1) ?? topicArn,
    inputOf: (parcel) => inputFor(parcel, topicArn, given),
    connect: async () => {
      const load = () => import("@aws-sdk/client-sns");
      const { SNSClient, PublishCommand } = await clientModule(sdk, load, context);
      const region = given.region ?? regionIn(topicArn);
      const client = new SNSClient(clientConfig({ ...given, region }, context));
      return {
        client,
        send: (input, abortSignal) => client.send(new PublishCommand(input), { abortSignal }),
      };
    },
  });
}

function inputFor(parcel: Parcel, TopicArn: string, given: Settings) {
  const input = attributedInput(parcel, TopicArn, given);
  if ("kind" in input) return input;
  const subject = given.subject === undefined ? undefined : filled(given.subject, parcel);
  return {
    TopicArn,
    Message: input.text,
    ...(subject === undefined ? {} : { Subject: sendableSubject(subject) }),
    ...input.fields,
  };
}

/** One line of ASCII that begins visibly, under 100 characters: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html. */
function sendableSubject(subject: string): string {
  const line = subject.trim().replaceAll(/[^\x20-\x7e]/gu, "?");
  return line.slice(0, 99);
}
