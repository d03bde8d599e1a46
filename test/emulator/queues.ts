/** Queues of the emulator, where tests see what arrived. */
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { until } from "../support/until.ts";
import { freshName } from "./emulated.ts";

const client = new SQSClient({ useQueueUrlAsEndpoint: false });

export type Queue = {
  readonly url: string;
  readonly arn: string;
  /** The next that arrives; it is taken. */
  readonly next: () => Promise<Message>;
  readonly count: () => Promise<number>;
};

/** A new queue, with what it shall be. */
export async function newQueue(attributes: Record<string, string> = {}): Promise<Queue> {
  const suffix = attributes["FifoQueue"] === "true" ? ".fifo" : "";
  const wish = { QueueName: `${freshName("queue")}${suffix}`, Attributes: attributes };
  const { QueueUrl: url = "" } = await client.send(new CreateQueueCommand(wish));
  return await queueAt(url);
}

/** A queue that is there. */
export async function queueAt(url: string): Promise<Queue> {
  const about = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["All"] });
  const arn = (await client.send(about)).Attributes?.["QueueArn"] ?? "";
  return {
    url,
    arn,
    next: () => until("something in the queue", () => take(url)),
    count: async () => {
      const { Attributes = {} } = await client.send(about);
      return Number(Attributes["ApproximateNumberOfMessages"]);
    },
  };
}

/** A new queue that a service may send to. */
export async function newQueueFor(
  service: "events" | "sns",
  attributes: Record<string, string> = {},
): Promise<Queue> {
  const queue = await newQueue(attributes);
  const Statement = {
    Effect: "Allow",
    Principal: { Service: `${service}.amazonaws.com` },
    Action: "sqs:SendMessage",
    Resource: queue.arn,
  };
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
  await client.send(new SetQueueAttributesCommand({ QueueUrl: queue.url, Attributes: { Policy } }));
  return queue;
}

async function take(QueueUrl: string): Promise<Message | undefined> {
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl,
      WaitTimeSeconds: 1,
      MessageAttributeNames: ["All"],
      MessageSystemAttributeNames: ["All"],
    }),
  );
  const [first] = Messages;
  if (first?.ReceiptHandle === undefined) return undefined;
  await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: first.ReceiptHandle }));
  return first;
}

/** The attributes of one as plain texts. */
export function attributesOf({ MessageAttributes = {} }: Message): Record<string, string> {
  return Object.fromEntries(
    Object.entries(MessageAttributes).map(([name, { StringValue = "" }]) => [name, StringValue]),
  );
}

/** The bytes of one, by its attribute `encoding`. */
export function bytesOf(message: Message): Buffer {
  const { encoding } = attributesOf(message);
  if (encoding === "empty") return Buffer.alloc(0);
  return Buffer.from(message.Body ?? "", encoding === "base64" ? "base64" : "utf8");
}
