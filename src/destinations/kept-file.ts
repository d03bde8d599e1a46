/** Files that are there as a whole or not at all, and stay when the power goes. */
import { link, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ObjectKeys } from "./object-key.ts";

/** A body and where it goes. */
export type FileToKeep = ObjectKeys & {
  readonly body: Buffer;
  /** Sets this write apart from those of other gateways. */
  readonly writer: string;
};

/** Writes a file below a folder; a file of other content keeps its place, and this one takes the other key. */
export type KeepFile = (file: FileToKeep, signal: AbortSignal) => Promise<void>;

/** Keeps files below a folder. */
export function fileKeeper(folder: string): KeepFile {
  let writes = 0;
  return async ({ key, otherKey, body, writer }, signal) => {
    writes += 1;
    const path = join(folder, key);
    const part = `${path}.${writer}.${writes}.part`;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    try {
      await writeSynced(part, body);
      signal.throwIfAborted();
      if (!(await placed(part, path)) && !(await readFile(path)).equals(body)) {
        await rename(part, join(folder, otherKey));
      }
    } finally {
      await rm(part, { force: true });
    }
    await syncFolder(dirname(path));
  };
}

/** Gives a file its name, where that is free: a rename would replace what has it. */
async function placed(part: string, path: string): Promise<boolean> {
  try {
    await link(part, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

async function writeSynced(path: string, body: Buffer): Promise<void> {
  const file = await open(path, "w", 0o600);
  try {
    await file.writeFile(body);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A new name is on disk only when its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
