/**
 * Random bytes, headers and bodies over a real socket never make the gateway answer 5xx, hang or
 * crash, and what is changed after it was signed is never accepted. SUREHOOK_FUZZ_RUNS for more.
 */
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { secret } from "../../src/core/define.ts";
import {
  github,
  hmac,
  shopify,
  standardWebhooks,
  stripe,
  svix,
} from "../../src/providers/index.ts";
import { type LocalGateway, runHere } from "../support/in-process.ts";
import { exchangeOnce, requestBytes, wire } from "../support/raw-http.ts";
import { stripeEvent, stripeSecret } from "../support/stripe-events.ts";
import { batches, challenging, compressed } from "../support/test-providers.ts";
import { within } from "../support/until.ts";

const numRuns = Number(process.env["SUREHOOK_FUZZ_RUNS"] ?? "1000");
const token = "the-token-of-the-fuzz";
/** Every status that something malformed may get (417 is Node's own); none is 5xx, and 200 needs a signature or a token. */
const allowed = new Set([200, 400, 401, 404, 405, 408, 413, 415, 417, 429, 431]);
let gateway: LocalGateway;

beforeAll(async () => {
  Object.assign(process.env, {
    F_TEXT: token,
    F_STRIPE: stripeSecret,
    F_WHSEC: `whsec_${Buffer.alloc(32, 3).toString("base64")}`,
  });
  // So many failures that every one is looked at.
  const many = {
    maxBodyBytes: 20_000,
    rateLimit: { requests: 1_000_000, perSeconds: 1 },
  };
  const text = { secrets: [secret("F_TEXT")], ...many };
  const whsec = { secrets: [secret("F_WHSEC")], ...many };
  gateway = await runHere({
    sources: {
      stripe: stripe({ path: "/stripe", secrets: [secret("F_STRIPE")], ...many }),
      github: github({ path: "/github", ...text }),
      shopify: shopify({ path: "/shopify", ...text }),
      standard: standardWebhooks({ path: "/standard", ...whsec }),
      svix: svix({ path: "/svix", ...whsec }),
      byHeader: hmac({ path: "/:tenant/hmac", header: "x-signature", ...text }),
      byQuery: hmac({ path: "/query", query: "sig", ...text }),
      byField: hmac({ path: "/field", field: "sig", content: [{ json: "data.id" }], ...text }),
      batches: batches({ path: "/batches", ...text }),
      compressed: compressed({ path: "/compressed", ...text }),
      challenging: challenging({ path: "/challenging", ...text }),
      sharedStripe: stripe({ path: "/shared", secrets: [secret("F_STRIPE")], ...many }),
      sharedGithub: github({ path: "/shared", ...text }),
    },
    destinations: {},
    routes: [],
    server: { host: "127.0.0.1", trustedProxies: ["loopback"] },
  });
});

afterAll(() => gateway.end());

/**
 * Sends bytes and returns the statuses of all that comes. This side closes after the first answer, or
 * when it is out of patience: Node gives who closes earlier no answer any more.
 */
async function statusesOf(bytes: Buffer, patienceMs = 60): Promise<number[]> {
  const line = await wire(gateway.port);
  const answered = new Promise<void>((resolve) => {
    line.socket.on("data", () => {
      if (finalStatuses(line.left()).length > 0) resolve();
    });
  });
  line.send(bytes);
  let timer: NodeJS.Timeout | undefined;
  const impatient = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, patienceMs);
  });
  await Promise.race([answered, line.closed, impatient]);
  clearTimeout(timer);
  line.socket.end();
  await within("the connection's end", line.closed, 10_000);
  line.end();
  return finalStatuses(line.left());
}

function finalStatuses(text: string): number[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)]
    .map((match) => Number(match[1]))
    .filter((status) => status >= 200);
}

async function expectAlive(): Promise<void> {
  const { headers, body } = stripeEvent();
  expect((await exchangeOnce(gateway.port, { path: "/stripe", headers, body })).status).toBe(200);
}

const latin1 = (maxLength: number) =>
  fc.uint8Array({ maxLength }).map((bytes) => Buffer.from(bytes).toString("latin1"));
const printable = (maxLength: number) => fc.string({ maxLength, unit: "grapheme-ascii" });
const path = fc.oneof(
  fc.constantFrom("/stripe", "/github", "/shopify", "/standard", "/svix", "/a/hmac", "/query"),
  fc.constantFrom("/field", "/batches", "/compressed", "/challenging", "/shared", "/%zz/hmac"),
  fc.webPath().map((text) => text || "/"),
  fc.constantFrom("*", "//", "/health/live", "/../stripe", "http://other.test/stripe", "/stripe#x"),
);
const query = fc.oneof(
  fc.constant(""),
  fc.webQueryParameters().map((text) => `?${text}`),
  fc.constant("?sig=%&sig=%ff&challenge"),
);
const headerName = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.constantFrom(
      ...["Stripe-Signature", "X-Hub-Signature-256", "X-GitHub-Event", "X-GitHub-Delivery"],
      ...["X-Shopify-Hmac-Sha256", "X-Shopify-Topic", "webhook-id", "webhook-timestamp"],
      ...["webhook-signature", "svix-id", "svix-timestamp", "svix-signature", "x-signature"],
      ...["X-Test-Token", "X-Test-Token", "Content-Type", "Content-Encoding", "X-Forwarded-For"],
      ...["Accept", "Upgrade", "Authorization", "Cookie"],
    ),
  },
  { weight: 3, arbitrary: fc.stringMatching(/^[A-Za-z!#$%&'*+.^_`|~-]{1,20}$/) },
  {
    weight: 1,
    arbitrary: fc.oneof(
      fc.constantFrom("Connection", "Transfer-Encoding", "Content-Length", "Trailer", "Expect"),
      printable(20),
    ),
  },
);
const headerValue = fc.oneof(
  fc.constantFrom(
    ...[token, token, token, "t=1,v1=00", "t=,v1=", "sha256=", `sha256=${"0".repeat(64)}`],
    ...["v1,", "v1,AAAA", "gzip", "br", "deflate", "chunked", "100-continue", "close", "websocket"],
    ...["0", "-1", "99999999999999999999", "1e400", "NaN", "application/json", "::ffff:1"],
    "a, b, 127.0.0.1",
  ),
  printable(40),
  fc
    .uint8Array({ maxLength: 40 })
    .map((bytes) =>
      Buffer.from(bytes.map((byte) => (byte < 32 || byte === 127 ? byte + 128 : byte))).toString(
        "latin1",
      ),
    ),
  latin1(20).map((text) => text.replaceAll(/[\r\n]/g, "")),
);
const body = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc.json().map((text) => Buffer.from(text)),
  fc
    .constantFrom(
      ...['{"id":null,"type":7}', '{"__proto__":{"sig":"x"}}', "[]", "null", '"\\ud800"'],
      ...[
        '{"data":{"id":{}},"sig":[]}',
        `${"[".repeat(5_000)}`,
        '{"id":"\\u0000"}',
        "payload=%7B%",
      ],
    )
    .map((text) => Buffer.from(text)),
  fc.json().map((text) => gzipSync(text)),
  fc.constant(gzipSync(Buffer.alloc(1_000_000))),
);
const method = fc.oneof(
  { weight: 6, arbitrary: fc.constant("POST") },
  {
    weight: 1,
    arbitrary: fc.constantFrom("GET", "HEAD", "PUT", "OPTIONS", "CONNECT", "TRACE", "M-SEARCH"),
  },
);

test("no headers and bodies yield 5xx but 501 for a transfer coding, a hang or a crash", async () => {
  const seen = new Map<number, number>();
  const request = fc.record({
    method,
    target: fc.tuple(path, query).map((parts) => parts.join("")),
    headers: fc.array(fc.tuple(headerName, headerValue), { maxLength: 8 }),
    body,
    framing: fc.constantFrom("length", "length", "length", "chunked", "none", "short", "long"),
  });
  await fc.assert(
    fc.asyncProperty(request, async (drawn) => {
      for (const status of await statusesOf(bytesOf(drawn))) {
        expect(hasOtherCoding(drawn) ? [...allowed, 501] : allowed).toContain(status);
        seen.set(status, (seen.get(status) ?? 0) + 1);
      }
    }),
    { numRuns },
  );
  process.stdout.write(`fuzz: answers ${JSON.stringify(Object.fromEntries(seen))}\n`);
  // The draws reach past the doors.
  expect(seen.get(401)).toBeGreaterThan(0);
  expect(seen.get(200)).toBeGreaterThan(0);
  await expectAlive();
});

type Drawn = {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
  readonly framing: string;
};

/** Whether it names a transfer coding of its own. */
function hasOtherCoding({ headers }: Drawn): boolean {
  return headers.some(([name]) => name.toLowerCase() === "transfer-encoding");
}

function bytesOf({ method: verb, target, headers, body: bytes, framing }: Drawn): Buffer {
  const framings: Record<string, string> = {
    length: `Content-Length: ${bytes.length}\r\n`,
    chunked: "Transfer-Encoding: chunked\r\n",
    none: "",
    short: `Content-Length: ${Math.floor(bytes.length / 2)}\r\n`,
    long: `Content-Length: ${bytes.length + 10}\r\n`,
  };
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const head = `${verb} ${target} HTTP/1.1\r\nHost: a\r\n${lines}${framings[framing]}\r\n`;
  const size = bytes.length.toString(16);
  const end = bytes.length > 0 ? "\r\n0\r\n\r\n" : "0\r\n\r\n";
  const framed =
    framing === "chunked"
      ? [Buffer.from(bytes.length > 0 ? `${size}\r\n` : ""), bytes, Buffer.from(end)]
      : [bytes];
  return Buffer.concat([Buffer.from(head, "latin1"), ...framed]);
}

test("no bytes at all do", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 400 }), async (bytes) => {
      for (const status of await statusesOf(Buffer.from(bytes))) expect(allowed).toContain(status);
    }),
    { numRuns: Math.ceil(numRuns / 4) },
  );
  await expectAlive();
});

test("a signed request with one byte of its body or signature changed is never accepted", async () => {
  const { headers, body: text } = stripeEvent();
  const original = requestBytes({ path: "/stripe", headers, body: text });
  const bodyAt = original.indexOf("\r\n\r\n") + 4;
  const signature = headers["Stripe-Signature"] as string;
  const signatureAt = original.indexOf(signature);
  const place = fc.oneof(
    fc.integer({ min: bodyAt, max: original.length - 1 }),
    // Behind `t=`: what stands in the names of its parts may be anything.
    fc.integer({ min: signatureAt + 2, max: signatureAt + signature.length - 1 }),
  );
  await fc.assert(
    fc.asyncProperty(place, fc.integer({ min: 1, max: 255 }), async (at, difference) => {
      const changed = Buffer.from(original);
      changed[at] = ((changed[at] as number) + difference) % 256;
      const statuses = await statusesOf(changed, 10_000);
      expect(statuses).toHaveLength(1);
      expect(statuses).not.toContain(200);
      for (const status of statuses) expect(allowed).toContain(status);
    }),
    { numRuns },
  );
  expect(await statusesOf(original, 10_000)).toEqual([200]);
});
