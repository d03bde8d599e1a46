/**
 * How long the log in a WAL file is. The file doesn't tell by its size: a log that has been copied into the store
 * begins anew at the file's start, and the file keeps its length. By SQLite's file format (https://www.sqlite.org/walformat.html)
 * each log has salts of its own, in the file's header and in each of its frames: what lies behind its end has others.
 */
import { closeSync, openSync, readSync, statSync } from "node:fs";

const headerBytes = 32;
const frameHeaderBytes = 24;
const saltBytes = 8;
const saltsInHeader = 16;
const saltsInFrame = 8;

/** What names the log in a store's WAL, where it is longer than so many bytes; else undefined. */
export function logLongerThan(storePath: string, bytes: number): string | undefined {
  const path = `${storePath}-wal`;
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size < bytes + headerBytes + frameHeaderBytes) return undefined;
  const file = openSync(path, "r");
  try {
    const header = read(file, 0, headerBytes);
    const frameBytes = frameHeaderBytes + header.readUInt32BE(8);
    const frame = headerBytes + Math.floor(bytes / frameBytes) * frameBytes;
    const salts = header.subarray(saltsInHeader, saltsInHeader + saltBytes);
    const isOfLog = read(file, frame + saltsInFrame, saltBytes).equals(salts);
    return isOfLog ? salts.toString("hex") : undefined;
  } finally {
    closeSync(file);
  }
}

function read(file: number, at: number, bytes: number): Buffer {
  const part = Buffer.alloc(bytes);
  readSync(file, part, 0, bytes, at);
  return part;
}
