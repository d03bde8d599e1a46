/** The local form of queues, topics and buses: what would be sent, a line of JSON each, in one file. */
import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import type { DestinationContext } from "../core/define.ts";
import type { OpenDestination, Parcel } from "../core/types.ts";
import { unusable } from "./secret-ref.ts";
import { type Failed, openSending, storeFailure } from "./sending.ts";

/** Opens a file that gets a line for each event, on disk before the event counts as delivered. */
export async function openLines(
  context: DestinationContext,
  path: string,
  lineOf: (parcel: Parcel) => object | Failed,
): Promise<OpenDestination> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(path, "a", 0o600).catch((cause: unknown) => {
    throw unusable(context, `its local file ${path} can't be written`, { cause });
  });
  // One write at a time: lines must not run into each other.
  let last: Promise<unknown> = Promise.resolve();
  return openSending(context, {
    send: async (parcel, signal) => {
      const line = lineOf(parcel);
      if ("kind" in line) return line;
      const written = last.then(async () => {
        signal.throwIfAborted();
        await file.appendFile(`${JSON.stringify(line)}\n`);
        await file.datasync();
      });
      last = written.catch(() => undefined);
      await written;
      return { kind: "delivered" };
    },
    failure: storeFailure,
    close: async () => {
      await last;
      await file.close();
    },
  });
}
