/** Why a request was refused, as far as trying other ways can tell. Nothing here holds a secret or a signature. */
import type { RejectionCode } from "../types.ts";

/** What may be wrong; docs/cli.md is written from this table. */
export const causes = {
  "no-secret": "the source has no live secret",
  "other-secret": "it was signed with a secret of another source",
  "pending-secret":
    "it was signed with a secret that the source was shown, which waits for a person",
  "secret-spelling":
    "the secret has white space or quotes around it, is encoded once more, or lacks a part",
  "secret-form": "the secret should be decoded from base64 or hex, or should not be",
  "body-changed":
    "the body was written anew on its way: it fits compacted or indented, with other line breaks, without the one at its end",
  stale: "the signed time is too far off, and by how much; the signature may be right",
  "timestamp-unit": "the signed time is in milliseconds in place of seconds, or the other way",
  "missing-header": "the signature's header is missing, and which similar one came",
  "signature-spelling": "something rewrote the signature's header",
  url: "the sender signed another address: scheme, port, slash at the end, query, host",
  option: "another option of a source of the kind `hmac` fits",
  "other-source": "another source of the gateway takes it: it came to the wrong path",
  "other-provider": "it is signed as another kind of sender signs, or looks so",
  handshake: "it is a handshake, or asked by a method for such, and not as the source expects it",
  unknown: "nothing that was tried fits",
} as const;

/** What may be wrong. */
export type CauseKind = keyof typeof causes;

/** One reason, with what to do about it. */
export type Cause = {
  readonly kind: CauseKind;
  /** Whether the request verifies that way; else it is only likely. */
  readonly proven: boolean;
  /** What happened. */
  readonly text: string;
  /** What to do. */
  readonly remedy: string;
  /** Name of the secret concerned. */
  readonly secret?: string;
  /** Name of the source that would accept it, or whose secret it is. */
  readonly source?: string;
  /** Name of the provider that it looks like. */
  readonly provider?: string;
  /** How far the timestamp is off; negative: in the past. */
  readonly offSeconds?: number;
};

/** What there is to say of a request. */
export type Diagnosis =
  | {
      /** A handshake that the source answers: no event. */
      readonly verdict: "handshake";
      /** Which one, in words. */
      readonly shape: string;
      readonly causes: readonly [];
      readonly tried: number;
    }
  | {
      readonly verdict: "verified" | "authenticated";
      /** Name of the secret that fitted. */
      readonly secret: string;
      readonly causes: readonly [];
      readonly tried: number;
    }
  | {
      readonly verdict: "rejected";
      readonly code: RejectionCode;
      readonly detail: string;
      /** Proven ones first. */
      readonly causes: readonly Cause[];
      /** In how many ways the request was verified. */
      readonly tried: number;
    };
