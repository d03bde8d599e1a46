/** What causes are looked for in. */
import type { Provider } from "../define.ts";
import type { Source } from "../settings.ts";
import type { Request, SecretValue, VerifyInput } from "../types.ts";
import type { Proof } from "../verify.ts";
import type { Trial } from "./trial.ts";

/** A source with its live secrets. */
export type LiveSource = { readonly source: Source; readonly secrets: readonly SecretValue[] };

/** A request that is looked at, and what there is to compare it with. */
export type Suspect = {
  readonly request: Request;
  /** The source that judges it. */
  readonly source: Source;
  readonly proof: Proof;
  /** Secrets that the source was shown, and that wait for a person. */
  readonly pending?: readonly SecretValue[];
  /** The gateway's other sources. */
  readonly others: readonly LiveSource[];
  readonly providers: readonly Provider[];
};

/** What each kind of cause is looked for with. */
export type Look = {
  readonly suspect: Suspect;
  readonly provider: Provider;
  /** As the source's provider was asked, but at any time. */
  readonly input: VerifyInput;
  readonly trial: Trial;
};
