/**
 * The suite that every provider passes: what it signs it accepts, and nothing that differs from it.
 * `Case` says what is particular of one provider and its options.
 */
import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
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

function privateKey(kind: "ed25519" | "p256" | "rsa"): string {
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

/** Another character of the same alphabet, at two thirds, which is inside the digest of every scheme. */
function spoiled(signature: string): string {
  const at = Math.floor((signature.length * 2) / 3);
  const other = signature[at] === "4" ? "5" : "4";
  return signature.slice(0, at) + other + signature.slice(at + 1);
}

/** An exemption, shown in the test's name with its reason. */
const exempt = (reason: string | undefined): string =>
  reason === undefined ? "" : `, or only a wrong one (exempt: ${reason})`;

/** What a case is spared, with its reason. */
const skipped = (reason: string | undefined): string =>
  reason === undefined ? "" : ` (exempt: ${reason})`;

const accepted = (one: Case): string => (one.coversBody ? "verified" : "authenticated");

/** Runs the suite for one case. */
export function describeProvider(one: Case): void {
  describe(one.title, () => {
    describeSignatures(one);
    if (one.dated) describeTimestamps(one);
    describeNames(one);
  });
}

function describeSignatures(one: Case): void {
  const secrets = [{ name: "FIRST", value: one.secret }];
  const request = signedBy(one);

  it("accepts what it signed, and names the secret that fitted", () => {
    expect(judge(one, request, { secrets })).toEqual({ kind: accepted(one), secret: "FIRST" });
  });

  it.skipIf(one.keyless)(`accepts a second live secret${skipped(one.keyless)}`, () => {
    const both = [{ name: "NEW", value: one.otherSecret }, ...secrets];
    expect(judge(one, request, { secrets: both })).toEqual({
      kind: accepted(one),
      secret: "FIRST",
    });
  });

  it("finds one of its marks on what it signed", () => {
    const marks = one.provider.marks(one.options ?? {});
    if ("field" in one.place || "form" in one.place) return;
    const names = request.headers.map((name) => name.toLowerCase());
    expect(
      marks.some((mark) =>
        mark.startsWith("?")
          ? new URLSearchParams(request.query).has(mark.slice(1))
          : names.includes(mark),
      ),
    ).toBe(true);
  });

  if (one.coversBody)
    it("refuses a body with one flipped bit, wherever", () => {
      for (let at = 0; at < request.body.length; at += 1) {
        const body = flipped(request.body, at);
        expect(judge(one, { ...request, body }, { secrets }).kind).toBe("rejected");
      }
    });

  it("refuses a signature with another character", () => {
    const spoilt = withSignature(one, request, one.spoil ?? spoiled);
    expect(judge(one, spoilt, { secrets })).toMatchObject({ code: "INVALID_SIGNATURE" });
  });

  it.skipIf(one.keyless)(`refuses another secret${skipped(one.keyless)}`, () => {
    const other = [{ name: "OTHER", value: one.otherSecret }];
    expect(judge(one, request, { secrets: other })).toMatchObject({ code: "INVALID_SIGNATURE" });
  });

  it("refuses without a secret", () => {
    expect(judge(one, request, { secrets: [] }).kind).toBe("rejected");
  });

  it.skipIf(one.keyless)(`refuses an empty secret${skipped(one.keyless)}`, () => {
    const empty = [{ name: "EMPTY", value: "" }];
    expect(judge(one, request, { secrets: empty })).toMatchObject({ code: "VERIFICATION_FAILED" });
  });

  it("says when there is no signature", () => {
    const bare = withSignature(one, request, () => undefined);
    expect(judge(one, bare, { secrets })).toMatchObject({ code: "MISSING_SIGNATURE" });
    const blank = withSignature(one, request, () => "");
    expect(judge(one, blank, { secrets })).toMatchObject({ code: "MISSING_SIGNATURE" });
  });

  it.each([
    ["nonsense", () => "nonsense"],
    ["a cut", (text: string) => text.slice(0, -6)],
    ["a foreign character", (text: string) => `${text.slice(0, -6)}!${text.slice(-5)}`],
    ["a character beyond Latin-1", (text: string) => `${text.slice(0, -6)}\u0161${text.slice(-5)}`],
    ["something behind it", (text: string) => `${text}00`],
  ])(`says that %s is not the form of a signature${exempt(one.formless)}`, (_, change) => {
    const spoilt = withSignature(one, request, change);
    const code = one.formless === undefined ? "INVALID_FORMAT" : "INVALID_SIGNATURE";
    expect(judge(one, spoilt, { secrets })).toMatchObject({ code });
  });

  describeLimits(one, request);
}

function describeLimits(one: Case, request: Request): void {
  const secrets = [{ name: "FIRST", value: one.secret }];

  it("refuses a signature that is far too long", () => {
    const long = withSignature(one, request, (text) => text + "a".repeat(50_000));
    expect(judge(one, long, { secrets }).kind).toBe("rejected");
  });

  it("never puts the secret or the signature into a detail", () => {
    const verdict = judge(one, request, { secrets: [{ name: "OTHER", value: one.otherSecret }] });
    const detail = verdict.kind === "rejected" ? verdict.detail : "";
    expect(detail).not.toContain(one.otherSecret);
    withSignature(one, request, (text) => {
      expect(detail).not.toContain(text);
      return text;
    });
  });
}

function describeTimestamps(one: Case): void {
  const secrets = [{ name: "FIRST", value: one.secret }];
  const request = signedBy(one);
  const at = (seconds: number): Verdict =>
    judge(one, request, { secrets, now: now + seconds * 1000 });

  it("accepts an instant at the edge of the tolerance, in both directions", () => {
    expect(at(300).kind).toBe(accepted(one));
    expect(at(-300).kind).toBe(accepted(one));
  });

  it("refuses an instant beyond it, and says in which direction", () => {
    expect(at(301)).toMatchObject({ code: "TIMESTAMP_TOO_OLD" });
    expect(at(-301)).toMatchObject({ code: "TIMESTAMP_IN_FUTURE" });
  });

  it("takes the tolerance from the source", () => {
    const wide = { secrets, toleranceSeconds: 3600 };
    expect(judge(one, request, { ...wide, now: now + 3_600_000 }).kind).toBe(accepted(one));
    const narrow = { secrets, toleranceSeconds: 10 };
    expect(judge(one, request, { ...narrow, now: now + 11_000 })).toMatchObject({
      code: "TIMESTAMP_TOO_OLD",
    });
  });
}

const oddPayloads = [
  "null",
  "true",
  "[]",
  "[null]",
  "0",
  "1e400",
  '""',
  '"text"',
  "{}",
  '{"__proto__":{"id":"x","type":"y"}}',
  '{"constructor":{"name":"x"},"id":{},"type":[],"created":"x","timestamp":{},"action":7}',
  '{"id":"a\\u0000b","type":"\\ud800","created":1e300,"action":"\\u0007"}',
  '{"id":null,"type":null,"created":null,"timestamp":null,"action":null}',
  "not json",
  "",
];

function describeNames(one: Case): void {
  it.each(oddPayloads)("names an event of the body %j without fail", (text) => {
    for (const request of [
      requestOf({ body: Buffer.from(text, "utf8") }),
      { ...signedBy(one), body: Buffer.from(text, "utf8") },
    ]) {
      for (const event of identify(one, request)) {
        expect(event.type).toMatch(/^\P{Cc}+$/u);
        expect(event.occurredAt ?? 0).toSatisfy(Number.isSafeInteger);
        expect(event.dedupe.by === "content" || event.dedupe.id.length > 0).toBe(true);
      }
    }
  });

  it("makes a batch of one item in its sender's form, which verifies and bears the type asked for", () => {
    const { generic, batch } = one.provider;
    expect(generic === undefined).toBe(batch === undefined);
    if (generic === undefined) return;
    const payload = generic("some.thing.made", { id: "0190a1b2", now });
    const request = signedBy(one, Buffer.from(JSON.stringify(payload), "utf8"));
    const secrets = [{ name: "FIRST", value: one.secret }];
    expect(judge(one, request, { secrets }).kind).toBe(accepted(one));
    const [event, ...others] = identify(one, request);
    expect(others).toEqual([]);
    expect(event?.range).toBeDefined();
    expect(event?.type).toBe("some.thing.made");
  });
}
