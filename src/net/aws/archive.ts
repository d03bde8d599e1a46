import { once, sdk, shortWaits } from "./sdk.ts";

/** Files of a bucket. */
export type ArchiveBucket = {
  /** False where there is one of that name already. */
  readonly create: (key: string, text: string) => Promise<boolean>;
  readonly read: (key: string) => Promise<string>;
};

/** Opens the bucket that dead deliveries are archived in. */
export function archiveBucket(Bucket: string): ArchiveBucket {
  const open = once(async () => {
    const s3 = await sdk("@aws-sdk/client-s3", () => import("@aws-sdk/client-s3"));
    return { s3, client: new s3.S3Client({ requestHandler: shortWaits }) };
  });
  return {
    create: async (Key, Body) => {
      const { s3, client } = await open();
      const ContentType = "application/json";
      const put = new s3.PutObjectCommand({ Bucket, Key, Body, ContentType, IfNoneMatch: "*" });
      try {
        await client.send(put);
        return true;
      } catch (error) {
        if (isThere(error)) return false;
        throw error;
      }
    },
    read: async (Key) => {
      const { s3, client } = await open();
      const { Body } = await client.send(new s3.GetObjectCommand({ Bucket, Key }));
      return (await Body?.transformToString()) ?? "";
    },
  };
}

function isThere(error: unknown): boolean {
  return error instanceof Error && error.name === "PreconditionFailed";
}
