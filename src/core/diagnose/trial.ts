/** Verifying a request in other ways, within bounds: a forger may have made it as dear as can be. */
import type { Provider } from "../define.ts";
import type { Verdict, VerifyInput } from "../types.ts";

/** Every other way of one request together. */
const mostTries = 3_000;
const mostBytes = 512 * 1_048_576;
/** What a try costs beside its body: a public key is as dear as this many bytes of a digest. */
const bytesPerTry = 16_384;

/** A provider's verdict on a changed request; undefined when there have been too many. */
export class Trial {
  tried = 0;
  #bytesLeft = mostBytes;

  judge(provider: Provider, input: VerifyInput): Verdict | undefined {
    const cost = input.request.body.length + bytesPerTry;
    if (this.tried >= mostTries || cost > this.#bytesLeft) return undefined;
    this.tried += 1;
    this.#bytesLeft -= cost;
    return provider.verify(input);
  }

  /** The name of the secret with which it verifies. */
  fits(provider: Provider, input: VerifyInput): string | undefined {
    const verdict = this.judge(provider, input);
    return verdict === undefined || verdict.kind === "rejected" ? undefined : verdict.secret;
  }
}
