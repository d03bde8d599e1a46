/** The key that small values are sealed with: from the environment, or made once in a file beside the store. */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { GatewayError, messageOf } from "../core/errors.ts";
import { type SealKey, sealKey, sealKeyBytes } from "../core/seal.ts";
import type { SecretReader } from "./config.ts";
import { storePath } from "./open-engine.ts";
import { keyVariable, textSealKey } from "./text-seal-key.ts";

/**
 * The key, read when it is first wanted: gateways that seal nothing get no key file. One that is given
 * is judged at once. Throws CONFIG_INVALID, as the returned function does.
 */
export function sealKeySource(read: SecretReader, store: string): () => SealKey {
  if (store.startsWith("aws:")) return () => textSealKey(read);
  const given = read(keyVariable)?.value;
  let key = given === undefined ? undefined : keyOf(given, keyVariable.name);
  return () => {
    key ??= fileKey(`${storePath(store)}.key`);
    return key;
  };
}

function keyOf(text: string, where: string): SealKey {
  const bytes = Buffer.from(text.trim(), "base64");
  // `Buffer.from` skips what isn't base64.
  if (bytes.length === sealKeyBytes && bytes.toString("base64") === text.trim()) {
    return sealKey(bytes);
  }
  throw new GatewayError(
    "CONFIG_INVALID",
    `${where} is not ${sealKeyBytes} bytes of base64. Make a key with: openssl rand -base64 ${sealKeyBytes}`,
  );
}

function fileKey(path: string): SealKey {
  try {
    if (!existsSync(path)) makeKeyFile(path);
    const text = readFileSync(path, "utf8");
    if (isPrivate(path)) return keyOf(text, path);
  } catch (error) {
    if (error instanceof GatewayError) throw error;
    throw new GatewayError(
      "CONFIG_INVALID",
      `The key file ${path} can't be made or read: ${messageOf(error)}. Mend that, or set SUREHOOK_KEY.`,
      { cause: error },
    );
  }
  throw new GatewayError(
    "CONFIG_INVALID",
    `Others than its owner may read the key file ${path}. Make it private with: chmod 600 ${path}`,
  );
}

/** Windows knows no such modes. */
function isPrivate(path: string): boolean {
  return process.platform === "win32" || (statSync(path).mode & 0o077) === 0;
}

/** Whole or not at all, on disk before anything is sealed with it; where two make one, the first stays. */
function makeKeyFile(path: string): void {
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  synced(openSync(draft, "wx", 0o600), (file) => {
    writeFileSync(file, `${randomBytes(sealKeyBytes).toString("base64")}\n`);
  });
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    unlinkSync(draft);
  }
  if (process.platform !== "win32") synced(openSync(dirname(path), "r"));
}

function synced(file: number, write?: (file: number) => void): void {
  try {
    write?.(file);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
