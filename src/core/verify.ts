import type { At, Received } from "./receive.ts";
import type {
  Assurance,
  Handshake,
  KeyAsk,
  KeyMaterial,
  RejectionCode,
  SecretValue,
  VerifyInput,
} from "./types.ts";

/** A request whose origin is proven as well as its sender allows. */
export type Verified = At<"verified"> &
  Omit<Received, keyof At<string>> & {
    readonly assurance: Assurance;
    /** Name of the secret that fitted. */
    readonly secretName: string | undefined;
  };

/** What `verify` says: go on, answer a handshake, or refuse. */
export type Verification =
  | { readonly kind: "verified"; readonly verified: Verified }
  | { readonly kind: "handshake"; readonly handshake: Handshake }
  | { readonly kind: "rejected"; readonly code: RejectionCode; readonly detail: string };

/** What verifying needs from outside. */
export type Proof = {
  readonly secrets: readonly SecretValue[];
  /** Milliseconds; a release gives the request's arrival. */
  readonly now: number;
  readonly publicUrl: string | undefined;
  readonly material?: KeyMaterial;
};

/** What must be fetched before `verify` can judge; its result belongs into the proof. */
export function asksOf(received: Received, proof: Proof): readonly KeyAsk[] {
  const { provider, unsigned } = received.source;
  if (provider.material === undefined || (unsigned && proof.secrets.length === 0)) return [];
  return provider.material(verifyInput(received, proof));
}

/** Stage 2: asks the picked source's provider, and nobody else, who sent the request. */
export function verify(received: Received, proof: Proof): Verification {
  const { source, request } = received;
  if (source.unsigned && proof.secrets.length === 0) {
    return verified(received, "unsigned", undefined);
  }
  const input = verifyInput(received, proof);
  const handshake = source.provider.handshake?.(input);
  if (handshake) return { kind: "handshake", handshake };
  const verdict = source.provider.verify(input);
  if (verdict.kind === "rejected") {
    return { kind: "rejected", code: verdict.code, detail: `${verdict.detail} (${request.path})` };
  }
  return verified(received, verdict.kind, verdict.secret);
}

/** What the picked source's provider is given. */
export function verifyInput(received: Received, proof: Proof): VerifyInput {
  const { source, request } = received;
  return {
    request,
    secrets: proof.secrets,
    now: proof.now,
    toleranceSeconds: source.toleranceSeconds,
    options: source.options,
    url: proof.publicUrl === undefined ? undefined : urlOf(proof.publicUrl, received),
    material: proof.material,
  };
}

function urlOf(publicUrl: string, { request }: Received): string {
  return `${publicUrl}${request.path}${request.query === "" ? "" : `?${request.query}`}`;
}

function verified(
  { request, source }: Received,
  assurance: Assurance,
  secretName: string | undefined,
): Verification {
  return {
    kind: "verified",
    verified: { request, source, assurance, secretName } as Verified,
  };
}
