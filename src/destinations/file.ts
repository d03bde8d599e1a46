import * as z from "zod";
import type {
  DestinationContext,
  DestinationDefinition,
  DestinationKind,
  DestinationOptions,
} from "../core/define.ts";
import type { OpenDestination } from "../core/types.ts";
import { pathInConfig } from "./config-path.ts";
import { fileKeeper } from "./kept-file.ts";
import { keySetting, objectKeys } from "./object-key.ts";
import { openSending, storeFailure } from "./sending.ts";

/** Options of `file()`, beside those of every destination. */
export type FileOptions = DestinationOptions & {
  readonly folder: string;
  readonly key?: string;
};

const settings = {
  folder: z
    .string()
    .min(1)
    .describe(
      "The folder that gets a file of the event's bytes for each event; a relative path is from the config's folder. A file appears as a whole, and is on disk before the event counts as delivered.",
    ),
  key: keySetting,
};

const schema = z.object(settings);

/** Keeps each event as a file. */
export function file(options: FileOptions): DestinationDefinition {
  return { kind: "destination", type: fileKind, options };
}

/** Files as a kind of destination. */
export const fileKind: DestinationKind = {
  name: "file",
  title: "Files",
  settings,
  target: "folder",
  concurrency: 10,
  open: (options, context) => {
    const { folder, key } = schema.parse(options);
    return openFolder(context, pathInConfig(folder, context.configUrl), key);
  },
};

/** Opens a folder that gets a file for each event. */
export function openFolder(
  context: DestinationContext,
  folder: string,
  template: string | undefined,
): OpenDestination {
  const keep = fileKeeper(folder);
  return openSending(context, {
    send: async (parcel, signal) => {
      const keys = objectKeys(parcel, template);
      if ("kind" in keys) return keys;
      await keep({ ...keys, body: parcel.body, writer: parcel.deliveryId }, signal);
      return { kind: "delivered" };
    },
    failure: storeFailure,
    close: () => undefined,
  });
}
