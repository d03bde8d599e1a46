import type { Provider } from "../define.ts";
import type { Refusal, RejectionCode, Verdict, VerifyInput } from "../types.ts";
import type { Cause, Diagnosis } from "./cause.ts";

type Asked = {
  readonly provider: Provider;
  readonly asked: VerifyInput;
  readonly isPost: boolean;
};

/** `Omit` of a union keeps only what all of it has. */
type Untold<T> = T extends unknown ? Omit<T, "tried"> : never;

/**
 * What there is to say of a handshake, or of a request of a method that only handshakes have; undefined where it
 * is an event. No other way of verifying is tried: what a handshake lacks it says itself.
 */
export function handshakeOf(
  { provider, asked, isPost }: Asked,
  verdict: Verdict,
): Untold<Diagnosis> | undefined {
  const met = provider.handshake?.(asked, verdict);
  if (met?.kind === "handshake") return { verdict: "handshake", shape: met.shape, causes: [] };
  if (met !== undefined) return refused(met, misfit(provider, met));
  return isPost || verdict.kind !== "rejected"
    ? undefined
    : refused(verdict, noHandshake(provider));
}

function refused({ code, detail }: Refusal, cause: Cause): Untold<Diagnosis> {
  return { verdict: "rejected", code, detail, causes: [cause] };
}

const remedies: Readonly<Partial<Record<RejectionCode, string>>> = {
  INVALID_SIGNATURE: "Enter the same token at the sender and in the source's option.",
  VERIFICATION_FAILED: "Set what is missing, and have the sender ask again.",
};

function misfit({ title }: Provider, { code, detail }: Refusal): Cause {
  return {
    kind: "handshake",
    proven: true,
    text: `It is a handshake of ${title}, and ${detail}.`,
    remedy:
      remedies[code] ??
      "The sender's own have that form. Anybody can ask: look whether it was the sender, by its address and time.",
  };
}

function noHandshake({ title, handshakeWords = [] }: Provider): Cause {
  const known = handshakeWords.length === 0 ? "It has none." : `Its: ${handshakeWords.join("; ")}.`;
  return {
    kind: "handshake",
    proven: true,
    text: `Events come by POST; by other methods only handshakes of ${title} are answered, and this is none. ${known}`,
    remedy: "Have the sender post, and look whether something on the way leaves out its query.",
  };
}
