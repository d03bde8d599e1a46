/** Providers of the tests' own: what senders may want that none of the built-in ones does. */
import { defineProvider } from "../../src/core/define.ts";
import type { EventIdentity, IdentifyInput, Verdict, VerifyInput } from "../../src/core/types.ts";
import { headerOf } from "../../src/kit/raw-headers.ts";

const token = "x-test-token";

const facts = {
  docs: "https://example.com",
  evidence: { kind: "vector", source: "the test that defines it" },
  retries: true,
  marks: () => [token],
  verify: byToken,
  sign: ({ secret }: { readonly secret: string }) => ({ headers: { [token]: secret } }),
} as const;

/** One event a line; `{"id","type"}` or anything else. */
export const batches = defineProvider({
  ...facts,
  name: "batches",
  title: "Batches",
  identify: ({ body }) => lineRanges(body).map((range) => identityOf(body, range)),
});

/** Compressed bodies, verified as sent and told apart once decoded. */
export const compressed = defineProvider({
  ...facts,
  name: "compressed",
  title: "Compressed",
  decodes: true,
  identify: wholeBody,
});

/** Wants exactly `[accepted]`, as some senders do. */
export const bracketed = defineProvider({
  ...facts,
  name: "bracketed",
  title: "Bracketed",
  acceptAnswer: { status: 200, body: "[accepted]", contentType: "text/plain" },
  identify: wholeBody,
});

/** Wants 204 and no body. */
export const silent = defineProvider({
  ...facts,
  name: "silent",
  title: "Silent",
  acceptAnswer: { status: 204, body: "" },
  identify: wholeBody,
});

/** Wants 403 where others want 401. */
export const strict = defineProvider({
  ...facts,
  name: "strict",
  title: "Strict",
  rejectStatus: 403,
  identify: wholeBody,
});

/** Asks by GET, and by POST of a challenge, before it sends. */
export const challenging = defineProvider({
  ...facts,
  name: "challenging",
  title: "Challenging",
  identify: wholeBody,
  methods: ["GET"],
  handshake: ({ request }) => {
    const asked = new URLSearchParams(request.query).get("challenge");
    return asked === null
      ? undefined
      : {
          kind: "handshake",
          shape: "echo",
          answer: { status: 200, body: asked, contentType: "text/plain" },
        };
  },
});

function byToken({ request, secrets }: VerifyInput<object>): Verdict {
  const given = headerOf(request.headers, token);
  if (given === undefined) {
    return { kind: "rejected", code: "MISSING_SIGNATURE", detail: `no ${token}` };
  }
  const fit = secrets.find(({ value }) => value === given);
  return fit === undefined
    ? { kind: "rejected", code: "VERIFICATION_FAILED", detail: "the token is not known" }
    : { kind: "authenticated", secret: fit.name };
}

function wholeBody({ body }: IdentifyInput<object>): EventIdentity {
  return identityOf(body, { start: 0, end: body.length });
}

function identityOf(
  body: Buffer,
  range: { readonly start: number; readonly end: number },
): EventIdentity {
  const text = body.toString("utf8", range.start, range.end);
  const { id, type } = parsed(text);
  if (id === undefined) return { type: type ?? "", dedupe: { by: "content" }, range };
  return { id, type: type ?? "", dedupe: { by: "id", id }, range };
}

function parsed(text: string): { readonly id?: string; readonly type?: string } {
  try {
    return JSON.parse(text) as { id?: string; type?: string };
  } catch {
    return {};
  }
}

function lineRanges(body: Buffer): { start: number; end: number }[] {
  const ranges: { start: number; end: number }[] = [];
  let start = 0;
  for (let at = 0; at <= body.length; at += 1) {
    if (at < body.length && body[at] !== 10) continue;
    if (at > start) ranges.push({ start, end: at });
    start = at + 1;
  }
  return ranges;
}
