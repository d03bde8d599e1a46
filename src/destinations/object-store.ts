/** S3 as destinations need it: objects that hold an event, and say which. */
import { join } from "node:path";
import type { S3Client } from "@aws-sdk/client-s3";
import { pathSegment } from "../core/archive.ts";
import type { DestinationContext } from "../core/define.ts";
import type { Parcel } from "../core/types.ts";
import { asciiValue } from "../kit/header-value.ts";
import { headerOf } from "../kit/raw-headers.ts";
import { formatRfc3339 } from "../kit/rfc3339.ts";
import { clientConfig, clientModule } from "./aws.ts";
import { contentEncoding } from "./event-attributes.ts";
import { happenedAt } from "./event-template.ts";

/** The folder that stands for a bucket on one machine. */
export function localBucket(folder: string, bucket: string): string {
  return join(folder, "s3", pathSegment(bucket));
}

type Put = {
  readonly bucket: string;
  readonly key: string;
  readonly parcel: Parcel;
  /** Whether an object that is there stays. */
  readonly onlyIfFree: boolean;
};

/** A client of S3 and what is done with it. */
export type ObjectStore = {
  readonly client: S3Client;
  /** False where an object is there and stays. */
  readonly put: (put: Put, abortSignal: AbortSignal) => Promise<boolean>;
  /** Our id of the event that an object holds. */
  readonly eventAt: (
    bucket: string,
    key: string,
    abortSignal: AbortSignal,
  ) => Promise<string | undefined>;
};

/** A client of S3 for a destination. */
export async function objectStore(
  given: { readonly region?: string | undefined; readonly endpoint?: string | undefined },
  context: DestinationContext,
): Promise<ObjectStore> {
  const { S3Client, PutObjectCommand, HeadObjectCommand } = await clientModule(
    "@aws-sdk/client-s3",
    () => import("@aws-sdk/client-s3"),
    context,
  );
  const client = new S3Client({
    ...clientConfig(given, context),
    // A bucket of another service is rarely a name below its host.
    forcePathStyle: given.endpoint !== undefined,
  });
  return {
    client,
    put: async ({ bucket, key, parcel, onlyIfFree }, abortSignal) => {
      const input = { ...objectOf(parcel), Bucket: bucket, Key: key };
      const condition = onlyIfFree ? { IfNoneMatch: "*" } : {};
      try {
        await client.send(new PutObjectCommand({ ...input, ...condition }), { abortSignal });
        return true;
      } catch (error) {
        if (error instanceof Error && error.name === "PreconditionFailed") return false;
        throw error;
      }
    },
    eventAt: async (Bucket, Key, abortSignal) => {
      const { Metadata } = await client.send(new HeadObjectCommand({ Bucket, Key }), {
        abortSignal,
      });
      return Metadata?.["id"];
    },
  };
}

/** S3 keeps at most 2 KB of metadata. */
const longestValue = 256;

function objectOf(parcel: Parcel) {
  const { event, body, headers } = parcel;
  const encoding = contentEncoding(parcel);
  const facts = {
    id: event.id,
    source: event.source,
    provider: event.provider,
    type: event.type,
    timestamp: formatRfc3339(happenedAt(parcel)),
  };
  const Metadata = Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [name, asciiValue(value).slice(0, longestValue)]),
  );
  return {
    Body: body,
    ContentType: asciiValue(headerOf(headers, "content-type") ?? "application/octet-stream"),
    ...(encoding === undefined ? {} : { ContentEncoding: asciiValue(encoding) }),
    Metadata,
  };
}
