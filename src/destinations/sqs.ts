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
import { neededValue } from "./sending.ts";

/** Options of `sqs()`, beside those of every destination. */
export type SqsOptions = AttributedOptions & { readonly queueUrl: string | SecretRef };

const sdk = "@aws-sdk/client-sqs";

const settings = {
  queueUrl: awsName(awsForms.queue).describe(
    "The queue's address; one that ends with `.fifo` is a FIFO queue. The body is the event's bytes where they are text, else base64 with the attribute `encoding`. Up to 1 MiB, or what the queue allows.",
  ),
  ...attributedSettings,
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
  check: async (options, context) => {
    const { queueUrl: given } = schema.parse(options);
    return awsFindings(context, [{ option: "queueUrl", given, form: awsForms.queue }], [sdk]);
  },
};

async function openSqs(options: unknown, context: DestinationContext): Promise<OpenDestination> {
  const given = schema.parse(options);
  const queueUrl = neededValue(context, "queueUrl", given.queueUrl);
  return openAttributed(context, {
    kind: "sqs",
    name: queueUrl.split("/").at(-1) ?? queueUrl,
    inputOf: (parcel) => inputFor(parcel, queueUrl, given),
    connect: async () => {
      const load = () => import("@aws-sdk/client-sqs");
      const { SQSClient, SendMessageCommand } = await clientModule(sdk, load, context);
      const region = given.region ?? regionIn(queueUrl);
      const client = new SQSClient({
        ...clientConfig({ ...given, region }, context),
        // What was said by a setting or AWS_ENDPOINT_URL comes before the host in the queue's address.
        useQueueUrlAsEndpoint: false,
      });
      return {
        client,
        send: (input, abortSignal) => client.send(new SendMessageCommand(input), { abortSignal }),
      };
    },
  });
}

function inputFor(parcel: Parcel, QueueUrl: string, given: Settings) {
  const input = attributedInput(parcel, QueueUrl, given);
  if ("kind" in input) return input;
  return { QueueUrl, MessageBody: input.text, ...input.fields };
}
