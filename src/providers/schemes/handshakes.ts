/**
 * Handshakes as data: what a sender asks before it sends events, or beside them, and what it is answered. A
 * shape says by which method it comes, what tells it from events (`when`), where the challenge stands, and the
 * answer with the places that it fills. The ten that senders use are made of these parts: echo of a query
 * parameter, of a header or of a field; an echo for a token; a signed and a hashed challenge; a secret that is
 * echoed and learned; headers for OPTIONS; an address to visit; a fixed answer.
 *
 * A challenge is written by whoever asks. It is echoed as plain text, JSON or a header, never as a page. Where
 * the answer is made with the key that also signs events, `form` bounds what can be asked, and `isChallenge` lets
 * a provider refuse an event that is such a challenge: so a signature that anybody can get proves nothing.
 */
import { createHash } from "node:crypto";
import type { OwnSettings } from "../../core/plain-setting.ts";
import type {
  Answer,
  Handshake,
  ProviderFacts,
  SecretRef,
  Verdict,
  VerifyInput,
} from "../../core/types.ts";
import { parseJson, valueAt } from "../../kit/json-path.ts";
import { sameText } from "../../kit/same-text.ts";
import {
  type AnswerForm,
  type Condition,
  type HandshakeShape,
  wordsOf,
} from "./handshake-shape.ts";
import { type Content, digestForm, digestOf as hmacOf } from "./hmac.ts";
import { keys, lowered, type RequestView, select } from "./hmac-plan.ts";
import type { Selector } from "./hmac-settings.ts";
import { type Rejection, rejected } from "./verdict.ts";

const anyChallenge = /^[\x20-\x7e]{1,4096}$/;
/** A handshake's body is small: what is larger is an event, and isn't parsed here. */
const mostBytes = 65_536;
/** A body that is told by its form is shorter than this. */
const mostPlain = 64;
/** Signed challenges are shorter than this. */
const mostSigned = 512;

/** Options of providers that show a secret in a handshake. */
export type LearnOptions = {
  /** Take the first secret that is shown while the source has none; later ones wait for `surehook secrets`. */
  readonly learn?: boolean;
};

/** They as data. */
export const learnSettings = {
  learn: {
    kind: "flag",
    optional: true,
    words:
      "Take the first secret that is shown while the source has none; later ones wait for `surehook secrets`.",
  },
} as const satisfies OwnSettings;

type Part<Options> = Pick<
  ProviderFacts<Options>,
  "handshake" | "methods" | "handshakeWords" | "learns"
>;

/** What handshakes make of a provider. */
export function greeting<Options>(shapes: readonly HandshakeShape[]): Part<Options> {
  if (shapes.length === 0) return {};
  const methods = shapes.flatMap(({ method }) => method ?? []);
  return {
    handshake: (input, verdict) => firstOf(shapes, input, verdict),
    ...(methods.length === 0 ? {} : { methods: [...new Set(methods)] }),
    handshakeWords: shapes.map(wordsOf),
    ...(shapes.some(({ learn }) => learn) ? { learns } : {}),
  };
}

/** Whether a source of these options takes a secret that is shown. */
export function learns(options: unknown): boolean {
  return (options as { readonly learn?: boolean }).learn === true;
}

/** Headers and query parameters (`?name`) that mark a handshake among the sources of a path. */
export function handshakeMarks(shapes: readonly HandshakeShape[]): readonly string[] {
  return shapes.flatMap(({ challenge, signed }) => {
    if (signed || challenge === undefined || "json" in challenge) return [];
    return "header" in challenge ? [challenge.header.toLowerCase()] : [`?${challenge.query}`];
  });
}

/** Whether what was signed is a challenge, whose signature anybody can ask for: then it proves nothing. */
export function isChallenge(shapes: readonly HandshakeShape[], content: Content): boolean {
  if (shapes.length === 0) return false;
  const signing = shapes.filter(({ sign }) => sign !== undefined);
  if (signing.length === 0) return false;
  let length = 0;
  for (const piece of content) length += piece.length;
  if (length > mostSigned) return false;
  const text = content
    .map((piece) => (typeof piece === "string" ? piece : piece.toString("utf8")))
    .join("");
  return signing.some(({ form = anyChallenge }) => form.test(text));
}

function firstOf(
  shapes: readonly HandshakeShape[],
  input: VerifyInput,
  verdict: Verdict | undefined,
): Handshake | Rejection | undefined {
  const view = viewOf(input);
  for (const shape of shapes) {
    const met = meet(shape, { input, view, verdict });
    if (met !== undefined) return met;
  }
  return undefined;
}

type Meeting = {
  readonly input: VerifyInput;
  readonly view: RequestView;
  readonly verdict: Verdict | undefined;
};

function meet(shape: HandshakeShape, meeting: Meeting): Handshake | Rejection | undefined {
  const { input, view } = meeting;
  if (!isMeant(shape, meeting)) return undefined;
  const challenge = shape.challenge === undefined ? "" : textAt(view, shape.challenge);
  if (challenge === undefined) return undefined;
  if (shape.challenge !== undefined && !(shape.form ?? anyChallenge).test(challenge)) {
    return rejected("INVALID_FORMAT", "the handshake's challenge has not the form of one");
  }
  const learning = shape.learn ? learningOf(input, challenge) : {};
  if (learning === undefined) return undefined;
  const refused = shape.token && judgeToken(shape.token, meeting);
  return refused ?? answered(shape, meeting, { challenge, learning });
}

function answered(
  shape: HandshakeShape,
  meeting: Meeting,
  { challenge, learning }: { readonly challenge: string; readonly learning: Learning },
): Handshake | Rejection {
  const visit = shape.visit && visitOf(shape.visit, meeting.view);
  if (typeof visit === "object") return visit;
  const digest = digestOf(shape, challenge, meeting);
  if (typeof digest === "object") return digest;
  const option = optionOf(shape, meeting.input);
  return {
    kind: "handshake",
    shape: wordsOf(shape),
    answer: filled(shape.answer, { challenge, digest, option }),
    ...learning,
    ...(visit === undefined ? {} : { visit }),
  };
}

/** Whether a request is this handshake. What is to be visited must be signed: anybody could name another address. */
function isMeant(shape: HandshakeShape, { view, verdict }: Meeting): boolean {
  const { method = "POST", signed, visit, body, when = [] } = shape;
  if (view.method !== method) return false;
  if (body !== undefined && !isLike(body, view.body)) return false;
  if (signed && verdict?.kind === "rejected") return false;
  if (visit !== undefined && verdict === undefined) return false;
  return when.every((condition) => holds(condition, view));
}

function viewOf({ request, url }: VerifyInput): RequestView {
  const { method, path, headers, query, body } = request;
  let parsed: { readonly value: unknown } | undefined;
  const payload = (): unknown => {
    parsed ??= { value: body.length > mostBytes ? undefined : parseJson(body) };
    return parsed.value;
  };
  return { method, path, headers, query, body, url, payload };
}

function isLike(form: RegExp, body: Buffer): boolean {
  return body.length <= mostPlain && form.test(body.toString("latin1"));
}

/** A body is looked through for the text first, so that no event is parsed for its handshake. */
function holds(condition: Condition, view: RequestView): boolean {
  if ("absent" in condition) return isAbsent(condition, view);
  if ("json" in condition && !view.body.includes(condition.is)) return false;
  return textAt(view, condition) === condition.is;
}

/** An object is there too, though it is no text. */
function isAbsent(place: Selector, view: RequestView): boolean {
  if ("json" in place) return valueAt(view.payload(), place.json) === undefined;
  return textAt(view, place) === undefined;
}

function textAt(view: RequestView, place: Selector): string | undefined {
  if ("json" in place && !view.body.includes(place.json.split(".").at(-1) as string)) {
    return undefined;
  }
  return select(view, lowered(place));
}

/** What a handshake teaches. */
export type Learning = { readonly learned?: string };

/**
 * A secret that is live already is echoed only; another may be learned where the source says so. An unsigned
 * source has none to learn.
 */
export function learningOf({ secrets, options }: VerifyInput, shown: string): Learning | undefined {
  if (secrets.some(({ value }) => sameText(value, shown))) return {};
  if (learns(options)) return { learned: shown };
  return secrets.length === 0 ? {} : undefined;
}

function judgeToken(
  { at, option }: NonNullable<HandshakeShape["token"]>,
  { input, view }: Meeting,
): Rejection | undefined {
  const expected = secretOption(input, option);
  if (expected === undefined) {
    return rejected(
      "VERIFICATION_FAILED",
      `the source has no ${option}, which this handshake needs`,
    );
  }
  return sameText(textAt(view, at) ?? "", expected)
    ? undefined
    : rejected("INVALID_SIGNATURE", `the handshake's token is not the source's ${option}`);
}

/** The live text of a secret that an option names; undefined where there is none, or an empty one. */
function secretOption({ options, secret }: VerifyInput, option: string): string | undefined {
  const ref = (options as Readonly<Record<string, SecretRef | undefined>>)[option];
  return (ref && secret?.(ref)?.value) || undefined;
}

function visitOf(
  { at, pinned }: NonNullable<HandshakeShape["visit"]>,
  view: RequestView,
): string | Rejection | undefined {
  const url = textAt(view, at);
  if (url === undefined) return undefined;
  return pinned.test(url)
    ? url
    : rejected("INVALID_FORMAT", "the address to visit is not one of the sender's own");
}

function digestOf(shape: HandshakeShape, challenge: string, meeting: Meeting): string | Rejection {
  const { input, verdict } = meeting;
  if (shape.sign !== undefined) {
    const named = verdict?.kind === "verified" ? verdict.secret : undefined;
    const secret = input.secrets.find(({ name }) => named === undefined || name === named);
    const { algorithm = "sha256", encoding = "hex", key: keyForm = "utf8" } = shape.sign;
    const key = keys[keyForm](secret?.value ?? "");
    if (key === undefined) {
      return rejected("VERIFICATION_FAILED", "no live secret can sign the challenge");
    }
    return hmacOf(digestForm(algorithm, encoding), key, [challenge]);
  }
  if (!shape.hash) return "";
  const token = input.secrets[0]?.value;
  const url = input.url?.split("?")[0];
  if (!token || url === undefined) {
    const lacking = token ? "publicUrl" : "a secret";
    return rejected("VERIFICATION_FAILED", `${lacking} is not set, which this handshake needs`);
  }
  return createHash("sha256").update(challenge).update(token).update(url).digest("hex");
}

function optionOf({ option }: HandshakeShape, { options }: VerifyInput): string {
  if (option === undefined) return "";
  return String((options as Readonly<Record<string, unknown>>)[option] ?? "");
}

type Fillings = Readonly<Record<"challenge" | "digest" | "option", string>>;

function filled({ status = 200, headers = {}, text = "", json }: AnswerForm, by: Fillings): Answer {
  const body = json === undefined ? fill(text, by) : JSON.stringify(mapped(json, by));
  const type = json === undefined ? "text/plain; charset=utf-8" : "application/json";
  return {
    status,
    body,
    ...(body === "" ? {} : { contentType: type }),
    headers: {
      ...(mapped(headers, by) as Record<string, string>),
      ...(body === "" ? {} : { "x-content-type-options": "nosniff" }),
    },
  };
}

function mapped(fields: Readonly<Record<string, string | number>>, by: Fillings) {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === "number" ? value : fill(value, by),
    ]),
  );
}

/** In one pass, so that a challenge that spells a place isn't filled itself. */
function fill(form: string, by: Fillings): string {
  return form.replaceAll(/\{(challenge|digest|option)\}/g, (_, name: keyof Fillings) => by[name]);
}
