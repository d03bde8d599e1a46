import { hash } from "node:crypto";
import { GatewayError } from "../core/errors.ts";
import { type SealKey, sealKey } from "../core/seal.ts";
import type { SecretReader } from "./config.ts";

/** The secret that small values are sealed with. */
export const keyVariable = { kind: "secret", name: "SUREHOOK_KEY", optional: true } as const;

/** The key on AWS, made of the secret's text: Secrets Manager makes text, not keys. Throws CONFIG_INVALID. */
export function textSealKey(read: SecretReader): SealKey {
  const text = read(keyVariable)?.value;
  if (text !== undefined) return sealKey(hash("sha256", text, "buffer"));
  throw new GatewayError(
    "CONFIG_INVALID",
    "What is sealed on AWS is sealed by the stack's secret SUREHOOK_KEY, which is missing here. Give it.",
  );
}
