/** Requests that tests of providers make, change and judge. `Case` says what is particular of one provider and its options. */
import { generateKeyPairSync } from "node:crypto";
import type { Provider } from "../core/define.ts";
import type {
  EventIdentity,
  KeyMaterial,
  Request,
  SchemeFacts,
  SecretValue,
  Signed,
  Verdict,
  VerifyInput,
} from "../core/types.ts";
import { firstField } from "../kit/form.ts";
import { parseJson } from "../kit/json-path.ts";
import { rawHeadersFrom } from "../kit/raw-headers.ts";

/** A provider with options, a secret that fits it, and another of the same form. */
export type Case = {
  readonly title: string;
  readonly provider: Provider;
  readonly options?: unknown;
  readonly secret: string;
  readonly otherSecret: string;
  /** What signs, where that isn't what verifies. */
  readonly signingSecret?: string;
  /** What the provider asks for before it verifies. */
  readonly material?: KeyMaterial;
  /** Whether it signs an instant. */
  readonly dated: boolean;
  /** Where the signature stands. */
  readonly place:
    | { readonly header: string }
    | { readonly query: string }
    | { readonly field: string }
    | { readonly form: string };
  /** Whether the whole body is signed; else a change of it may go unseen. */
  readonly coversBody: boolean;
  /** Why a signature of a wrong form is only a wrong one, where it is: a token has no form. */
  readonly formless?: string;
  /** Why no secret of the source fits or not, where a key of the sender's own signs for everybody. */
  readonly keyless?: string;
  /** Another signature of the same form, where a character can't be changed at any place. */
  readonly spoil?: (signature: string) => string;
  /** Whether what it signs is the address with the query that it made. */
  readonly signsQuery?: boolean;
};

/** The instant of all tests. */
export const now = 1_700_000_000_000;

/** The address of all tests. */
export const url = "https://gateway.example.com/hooks/in";

const plainBody = Buffer.from('{"type":"thing.made","data":{"id":"t_1","text":"grüße"}}', "utf8");

/** A secret of each form, and another of the same. Private keys stand for their public ones. */
export const secretsOf: Readonly<Record<SchemeFacts["key"], readonly [string, string]>> = {
  utf8: ["a secret as it is", "another secret"],
  hex: ["00ff10Ab", "00ff10ac"],
  base64: ["c2VjcmV0", "b3RoZXI="],
  whsec: ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"],
  ed25519: [privateKey("ed25519"), privateKey("ed25519")],
  p256: [privateKey("p256"), privateKey("p256")],
  rsa: [privateKey("rsa"), privateKey("rsa")],
};

/** A new private key, as PEM. */
export function privateKey(kind: "ed25519" | "p256" | "rsa"): string {
  const made = {
    ed25519: () => generateKeyPairSync("ed25519"),
    p256: () => generateKeyPairSync("ec", { namedCurve: "P-256" }),
    rsa: () => generateKeyPairSync("rsa", { modulusLength: 2048 }),
  };
  return made[kind]().privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

/** A request of its parts. */
export function requestOf(parts: Partial<Request>): Request {
  return {
    id: "req_1",
    source: "test",
    receivedAt: now,
    method: "POST",
    path: "/hooks/in",
    query: "",
    params: {},
    headers: [],
    body: Buffer.alloc(0),
    remoteAddress: "192.0.2.1",
    ...parts,
  };
}

/** What a case's provider signs. */
export function signedBy(one: Case, body: Buffer = plainBody, type = "thing.made"): Request {
  const { provider, signingSecret: secret = one.secret, options = {} } = one;
  const signed: Signed = provider.sign({ body, secret, now, options, id: "msg_1", type, url });
  const headers = { "content-type": "application/json", ...signed.headers };
  return requestOf({
    headers: rawHeadersFrom(headers),
    body: signed.body ?? body,
    query: signed.query ?? "",
  });
}

/** The verdict on a request. */
export function judge(
  one: Pick<Case, "provider" | "options" | "material" | "signsQuery">,
  request: Request,
  over: Partial<VerifyInput> & { readonly secrets: readonly SecretValue[] },
): Verdict {
  const { options = {}, material } = one;
  const address = one.signsQuery ? `${url}?${request.query}` : url;
  const given = { options, url: address, ...(material === undefined ? {} : { material }) };
  return one.provider.verify({ request, now, toleranceSeconds: 300, ...given, ...over });
}

/** The identities of a request's events. */
export function identify(
  one: Pick<Case, "provider" | "options">,
  request: Request,
): readonly EventIdentity[] {
  const { options = {} } = one;
  const field =
    one.provider.decodes === "form" ? firstField(request.headers, request.body) : undefined;
  const body = field ?? request.body;
  const payload = (): unknown => parseJson(body);
  const found = one.provider.identify({ request, body, payload, options });
  return Array.isArray(found) ? found : [found as EventIdentity];
}

/** The request with its signature changed; undefined takes it away. */
export function withSignature(
  one: Case,
  request: Request,
  change: (signature: string) => string | undefined,
): Request {
  const { place } = one;
  if ("query" in place) {
    const query = new URLSearchParams(request.query);
    const made = change(query.get(place.query) ?? "");
    if (made === undefined) query.delete(place.query);
    else query.set(place.query, made);
    return { ...request, query: query.toString() };
  }
  if ("form" in place) {
    const fields = new URLSearchParams(request.body.toString("utf8"));
    const made = change(fields.get(place.form) ?? "");
    if (made === undefined) fields.delete(place.form);
    else fields.set(place.form, made);
    return { ...request, body: Buffer.from(String(fields), "utf8") };
  }
  if ("field" in place) {
    const text = request.body.toString("utf8");
    const [start, end] = [text.indexOf("{"), text.lastIndexOf("}") + 1];
    const payload = JSON.parse(text.slice(start, end)) as Record<string, unknown>;
    const steps = place.field.split(".");
    const last = steps.pop() as string;
    const inner = steps.reduce((at, step) => at[step] as Record<string, unknown>, payload);
    inner[last] = change(String(inner[last]));
    const changed = text.slice(0, start) + JSON.stringify(payload) + text.slice(end);
    return { ...request, body: Buffer.from(changed, "utf8") };
  }
  const pairs = Array.from({ length: request.headers.length / 2 }, (_, at) =>
    request.headers.slice(at * 2, at * 2 + 2),
  );
  const headers = pairs.flatMap(([name = "", value = ""]) => {
    if (name.toLowerCase() !== place.header.toLowerCase()) return [name, value];
    const made = change(value);
    return made === undefined ? [] : [name, made];
  });
  return { ...request, headers };
}

/** The body with one bit flipped. */
export function flipped(body: Buffer, at: number): Buffer {
  const copy = Buffer.from(body);
  copy[at] = (copy[at] as number) ^ 1;
  return copy;
}
