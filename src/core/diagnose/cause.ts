/** Why a request was refused, as far as trying other ways can tell. Nothing here holds a secret or a signature. */
import type { RejectionCode } from "../types.ts";

/** What may be wrong. */
export type CauseKind =
  | "no-secret"
  | "other-secret"
  | "secret-spelling"
  | "secret-form"
  | "body-changed"
  | "stale"
  | "timestamp-unit"
  | "missing-header"
  | "signature-spelling"
  | "url"
  | "option"
  | "other-source"
  | "other-provider"
  | "unknown";

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
