import type { At, Received } from "./receive.ts";
import type {
  Assurance,
  Handshake,
  KeyAsk,
  KeyMaterial,
  Refusal,
  SecretRef,
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
  /** A method other than POST, and none of the provider's handshakes. */
  | { readonly kind: "no-handshake" }
  | Refusal;

/** What verifying needs from outside. */
export type Proof = {
  readonly secrets: readonly SecretValue[];
  /** Milliseconds; a release gives the request's arrival. */
  readonly now: number;
  readonly publicUrl: string | undefined;
  readonly material?: KeyMaterial;
  /** Reads a secret that a provider's own options name. */
  readonly secret?: (ref: SecretRef) => SecretValue | undefined;
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
  const { provider } = source;
  const isUnsigned = source.unsigned && proof.secrets.length === 0;
  const input = verifyInput(received, proof);
  const isPost = request.method === "POST";
  const verdict = isUnsigned ? undefined : isPost ? provider.verify(input) : unproven;
  const handshake = provider.handshake?.(input, verdict);
  if (handshake?.kind === "rejected") return rejection(handshake, request);
  if (handshake) return { kind: "handshake", handshake };
  if (!isPost) return { kind: "no-handshake" };
  if (verdict === undefined) return verified(received, "unsigned", undefined);
  if (verdict.kind === "rejected") return rejection(verdict, request);
  return verified(received, verdict.kind, verdict.secret);
}

/** The verdict on a request that can't be signed. */
export const unproven: Refusal = {
  kind: "rejected",
  code: "MISSING_SIGNATURE",
  detail: "only requests of the method POST are signed",
};

function rejection({ code, detail }: Refusal, { path }: Received["request"]): Verification {
  return { kind: "rejected", code, detail: `${detail} (${path})` };
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
    secret: proof.secret,
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
