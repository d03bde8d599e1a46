/** A handshake as data, and that data in words. */
import type { HandshakeMethod } from "../../core/types.ts";
import type { DigestEncoding, HmacAlgorithm } from "./hmac.ts";
import type { keys } from "./hmac-plan.ts";
import type { Selector } from "./hmac-settings.ts";

/** What must stand at a place for a request to be the handshake; `absent`: nothing. */
export type Condition = Selector & ({ readonly is: string } | { readonly absent: true });

/** An answer; `{challenge}`, `{digest}` and `{option}` are filled in. */
export type AnswerForm = {
  /** Default 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
} & (
  | { readonly text?: string; readonly json?: never }
  | { readonly json: Readonly<Record<string, string | number>>; readonly text?: never }
);

/** A handshake as data. */
export type HandshakeShape = {
  /** Default POST. */
  readonly method?: HandshakeMethod;
  /** Whether it is one only where the request's signature fits. */
  readonly signed?: boolean;
  readonly when?: readonly Condition[];
  /** What the whole body looks like, where it is no JSON. */
  readonly body?: RegExp;
  /** Where the challenge stands; without it there is none, and no handshake. */
  readonly challenge?: Selector;
  /** What a challenge looks like; default any printable ASCII, at most 4096 characters. */
  readonly form?: RegExp;
  /** A token that must be one of the provider's option of that name (a secret). */
  readonly token?: { readonly at: Selector; readonly option: string };
  /** `{digest}` is the challenge's HMAC by the source's key. `form` must be given. */
  readonly sign?: {
    readonly algorithm?: HmacAlgorithm;
    readonly encoding?: DigestEncoding;
    readonly key?: keyof typeof keys;
  };
  /** `{digest}` is a SHA-256 in hex: over the challenge, the source's secret, and the address that the sender was given. */
  readonly hash?: boolean;
  /** Whether the challenge is a secret that the source may learn. */
  readonly learn?: boolean;
  /** An address to visit before the answer; its host and path must match. */
  readonly visit?: { readonly at: Selector; readonly pinned: RegExp };
  /** The provider's option whose text `{option}` stands for. */
  readonly option?: string;
  readonly answer: AnswerForm;
};

/** A shape in words. */
export function wordsOf(shape: HandshakeShape): string {
  const { method = "POST", when = [], challenge, signed, body } = shape;
  const marks = when.map((condition) =>
    "absent" in condition
      ? `no ${placeWords(condition)}`
      : `${placeWords(condition)} \`${condition.is}\``,
  );
  const places = challenge === undefined ? [] : [placeWords(challenge)];
  const like = body === undefined ? [] : [`a body like \`${body.source}\``];
  const about = [...new Set([...like, ...marks, ...places])].join(", ");
  return `${signed ? "signed " : ""}${method}${about === "" ? "" : ` with ${about}`}: ${deedWords(shape)}`;
}

function deedWords({ token, sign, hash, learn, visit, challenge, answer }: HandshakeShape): string {
  if (sign) return "the challenge signed";
  if (hash) return "the challenge hashed";
  if (learn) return "echoed, and learned where `learn` is set";
  if (visit) return "its address visited";
  if (token) return `echoed for the \`${token.option}\``;
  if (challenge) return "echoed";
  return `${answer.status ?? 200}, a fixed answer`;
}

function placeWords(place: Selector): string {
  if ("header" in place) return `\`${place.header}\``;
  return "query" in place ? `\`?${place.query}\`` : `\`${place.json}\` of the body`;
}
