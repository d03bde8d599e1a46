import type { Refusal, RejectionCode, SecretValue, Verdict } from "../../core/types.ts";

/** A refusal. */
export type Rejection = Refusal;

/** Refuses, with a detail for our records; it never holds secrets or signatures. */
export function rejected(code: RejectionCode, detail: string): Rejection {
  return { kind: "rejected", code, detail };
}

/**
 * The verdict of the first live secret that fits. A secret that yields no key (empty, or not in the
 * form that the scheme asks for) never fits, since anybody could sign with an empty key.
 */
export function judgeSecrets<Key>(
  secrets: readonly SecretValue[],
  keyOf: (secret: string) => Key | undefined,
  fits: (key: Key) => boolean,
): Verdict {
  let unusable = 0;
  let named = "";
  for (const secret of secrets) {
    const key = keyOf(secret.value);
    if (key === undefined) {
      unusable += 1;
      named = secret.name;
    } else if (fits(key)) {
      return { kind: "verified", secret: secret.name };
    }
  }
  if (unusable === 0) return rejected("INVALID_SIGNATURE", "no live secret makes this signature");
  const code = unusable === secrets.length ? "VERIFICATION_FAILED" : "INVALID_SIGNATURE";
  return rejected(code, `no secret fits; secret "${named}" does not have the form of a key`);
}
