/** What a sweep has to do in a deployed gateway: a plan in the bucket that nobody opened, and an old body that is waited for. */
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { HeadObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { type AwsPlace, openClient } from "../../src/engines/aws/client.ts";
import { openDays } from "../../src/engines/aws/days.ts";
import { openAws } from "../../src/engines/aws/index.ts";
import { requestKey, toFields } from "../../src/engines/aws/items.ts";
import { idsOf, newItem, planPart, requestFacts } from "../../src/engines/aws/planning.ts";
import { Lately, type Store } from "../../src/engines/aws/store.ts";
import { aBatch, anAcceptance, binary, shareIds } from "../../src/engines/conformance/builders.ts";
import { functionNamed } from "./function-variables.ts";

const dayMs = 86_400_000;
const retentionMs = 30 * dayMs;
const shards = 8;

/** Leaves both behind, and tells how to see that they were done. */
export async function leaveOwed(place: AwsPlace, stack: string) {
  const engine = await openAws({ ...place, clock: () => Date.now() - 20 * dayMs, retentionMs });
  const at = Date.now() - 20 * dayMs;
  shareIds(true);
  const old = anAcceptance({ body: binary(250_000), to: ["table"], key: "old", at });
  await engine.accept(old);
  const mark = { Bucket: place.bucket, Key: `bodies/${old.request.id}` };
  const s3 = new S3Client({});
  await s3.send(new PutObjectCommand({ ...mark, Body: old.request.body, Metadata: { mark: "1" } }));
  const batch = await leaveUnopened(place);
  const lambda = new LambdaClient();
  const FunctionName = await functionNamed(stack, "Sweeper");
  return {
    sweep: async (): Promise<unknown> => {
      const { Payload } = await lambda.send(new InvokeCommand({ FunctionName, Payload: "{}" }));
      return JSON.parse(Buffer.from(Payload ?? []).toString("utf8") || "{}");
    },
    eventId: async () => (await engine.event(batch))?.id,
    isRenewed: async () => {
      const { Metadata = {} } = await s3.send(new HeadObjectCommand(mark));
      return !("mark" in Metadata);
    },
  };
}

/** A batch as its receiver leaves it that ends after its first write; the id of its first event. */
async function leaveUnopened(place: AwsPlace): Promise<string> {
  const client = await openClient(place);
  const clock = () => Date.now() - 600_000;
  const days = openDays(client, shards);
  const limits = { rejectedPerSource: 1, rejectedPerAddress: 1 };
  const wake = async () => undefined;
  const store: Store = {
    client,
    days,
    clock,
    retentionMs,
    shards,
    limits,
    wake,
    lately: new Lately(),
  };
  // Few events of long keys: plan and body are too large for an item.
  const parts = Array.from({ length: 12 }, (_, at) => ({
    text: `"${"y".repeat(20_000)}"`,
    key: `${at}`.repeat(12_000),
    to: at === 0 ? ["table"] : [],
  }));
  const acceptance = aBatch(parts, { at: clock() });
  const { request, events, answer } = acceptance;
  const plan = await planPart(store, request, { acceptedAt: clock(), events });
  const item = {
    ...(await newItem(store, request, requestKey(request))),
    kind: "request" as const,
    request: requestFacts(acceptance, "accepted", idsOf(events)),
    deliveries: [],
    answer,
    ...plan,
  };
  if (!("planRef" in plan && "bodyRef" in item)) throw new Error("it is too small for the bucket");
  await client.create(toFields(item));
  return events[0]?.event.id ?? "";
}
