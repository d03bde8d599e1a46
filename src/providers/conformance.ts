/** The suite that every provider passes: what it signs it accepts, and nothing that differs from it. */
import { describe, expect, it } from "vitest";
import type { Request, Verdict } from "../core/types.ts";
import {
  type Case,
  flipped,
  identify,
  judge,
  now,
  requestOf,
  signedBy,
  withSignature,
} from "./conformance-requests.ts";

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
