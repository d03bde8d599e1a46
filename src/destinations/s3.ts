import * as z from "zod";
import type { DestinationContext, DestinationDefinition, DestinationKind } from "../core/define.ts";
import type { OpenDestination, SecretRef } from "../core/types.ts";
import { type AwsOptions, awsSettings, openAws } from "./aws.ts";
import { awsFindings, awsForms, awsName } from "./aws-address.ts";
import { openFolder } from "./file.ts";
import { keySetting, objectKeys } from "./object-key.ts";
import { localBucket, objectStore } from "./object-store.ts";
import { neededValue } from "./sending.ts";

/** Options of `s3()`, beside those of every destination. */
export type S3Options = AwsOptions & {
  readonly bucket: string | SecretRef;
  readonly key?: string;
};

const settings = {
  bucket: awsName(awsForms.bucket).describe(
    "The bucket that gets an object of the event's bytes for each event, with its id, source, provider, type and timestamp as metadata. Needs the rights to put and to get objects.",
  ),
  key: keySetting,
  ...awsSettings,
};

const schema = z.object(settings);

/** Keeps each event as an object in S3. */
export function s3(options: S3Options): DestinationDefinition {
  return { kind: "destination", type: s3Kind, options };
}

/** Amazon S3 as a kind of destination. */
export const s3Kind: DestinationKind = {
  name: "s3",
  title: "Amazon S3",
  settings,
  target: "bucket",
  concurrency: 10,
  open: openS3,
  check: async (options, context) => {
    const { bucket: given } = schema.parse(options);
    const names = [{ option: "bucket", given, form: awsForms.bucket }];
    return awsFindings(context, names, ["@aws-sdk/client-s3"]);
  },
};

async function openS3(options: unknown, context: DestinationContext): Promise<OpenDestination> {
  const given = schema.parse(options);
  const bucket = neededValue(context, "bucket", given.bucket);
  if (context.local !== undefined) {
    return openFolder(context, localBucket(context.local.folder, bucket), given.key);
  }
  const store = await objectStore(given, context);
  return openAws(context, [store.client], async (parcel, abortSignal) => {
    const keys = objectKeys(parcel, given.key);
    if ("kind" in keys) return keys;
    const put = (key: string, onlyIfFree: boolean) =>
      store.put({ bucket, key, parcel, onlyIfFree }, abortSignal);
    if (!(await put(keys.key, true))) {
      const isOurs = (await store.eventAt(bucket, keys.key, abortSignal)) === parcel.event.id;
      await put(isOurs ? keys.key : keys.otherKey, false);
    }
    return { kind: "delivered" };
  });
}
