/** The function behind `CleanUp`: when the stack is deleted it empties buckets and removes parameters. */
import * as z from "zod";

const eventSchema = z.object({
  RequestType: z.enum(["Create", "Update", "Delete"]),
  ResponseURL: z.string(),
  StackId: z.string(),
  RequestId: z.string(),
  LogicalResourceId: z.string(),
  PhysicalResourceId: z.string().default("clean-up"),
  ResourceProperties: z.object({
    buckets: z.array(z.string()).default([]),
    parameters: z.array(z.string()).default([]),
  }),
});
type Ask = z.output<typeof eventSchema>;

/** CloudFormation waits for an answer at the address that it gives, whatever came of it. */
export async function handler(event: unknown): Promise<void> {
  const ask = eventSchema.parse(event);
  try {
    if (ask.RequestType === "Delete") await clean(ask.ResourceProperties);
    await answer(ask, "SUCCESS", "");
  } catch (error) {
    await answer(ask, "FAILED", error instanceof Error ? error.message : String(error));
  }
}

async function answer(ask: Ask, Status: "SUCCESS" | "FAILED", Reason: string): Promise<void> {
  const { StackId, RequestId, LogicalResourceId, PhysicalResourceId } = ask;
  const ids = { StackId, RequestId, LogicalResourceId, PhysicalResourceId };
  const body = JSON.stringify({ Status, Reason, ...ids });
  // The address is signed without a content type.
  const headers = { "content-type": "" };
  await fetch(ask.ResponseURL, { method: "PUT", body, headers });
}

async function clean({ buckets, parameters }: Ask["ResourceProperties"]): Promise<void> {
  for (const bucket of buckets) await empty(bucket);
  for (const parameter of parameters) await removeParameter(parameter);
}

async function empty(Bucket: string): Promise<void> {
  const { S3Client, ListObjectsV2Command, DeleteObjectsCommand } = await import(
    "@aws-sdk/client-s3"
  );
  const client = new S3Client();
  for (;;) {
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }));
    if (Contents.length === 0) return;
    const Objects = Contents.flatMap(({ Key }) => (Key === undefined ? [] : [{ Key }]));
    const { Errors = [] } = await client.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
    );
    const [first] = Errors;
    if (first !== undefined) throw new Error(`${first.Key} in ${Bucket}: ${first.Message}`);
  }
}

async function removeParameter(Name: string): Promise<void> {
  const { SSMClient, DeleteParameterCommand, ParameterNotFound } = await import(
    "@aws-sdk/client-ssm"
  );
  try {
    await new SSMClient().send(new DeleteParameterCommand({ Name }));
  } catch (error) {
    // No token was ever taken.
    if (!(error instanceof ParameterNotFound)) throw error;
  }
}
