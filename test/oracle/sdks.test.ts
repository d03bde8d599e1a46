/**
 * Each provider against an SDK of its sender: what we sign it accepts, what it signs we accept, and both
 * refuse what was changed. Evidence `sdk` means that a provider is here.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Provider } from "../../src/core/define.ts";
import type { Request, SchemeFacts, Verdict } from "../../src/core/types.ts";
import { rawHeadersFrom } from "../../src/kit/raw-headers.ts";
import {
  judge,
  now,
  privateKey,
  requestOf,
  url,
} from "../../src/providers/conformance-requests.ts";
import { providers } from "../../src/providers/index.ts";
import { entries } from "./entries/index.ts";
import { type Entry, installedVersion, load, type Sent, sdkFolder } from "./oracle.ts";

const dayMs = 86_400_000;

/** The SDKs read the clock themselves, and say on the console what they refuse. */
beforeEach(() => {
  vi.useFakeTimers({ now, toFake: ["Date"] });
  for (const name of ["debug", "error", "log", "warn"] as const) {
    vi.spyOn(console, name).mockImplementation(() => undefined);
  }
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const pems = { ed25519: pairOf("ed25519"), p256: pairOf("p256"), rsa: pairOf("rsa") };

/** A secret of each form, and another of the same. */
const secretsOf: Readonly<Record<SchemeFacts["key"], readonly [string, string]>> = {
  utf8: ["a secret as it is", "another secret"],
  hex: ["00ff10ab00ff10ab", "00ff10ac00ff10ac"],
  base64: ["5WbX5kEWLlfzsGNjH64I8lOOqUB6e8FH", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
  whsec: ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"],
  ...pems,
};

function pairOf(kind: "ed25519" | "p256" | "rsa"): [string, string] {
  return [privateKey(kind), privateKey(kind)];
}

function providerOf({ provider: name }: Entry): Provider {
  const found = providers.find((provider) => provider.name === name);
  if (found === undefined) throw new Error(`There is no provider ${name}.`);
  return found;
}

const known = { id: "evt_1", type: "thing.made", event: "thing.made" };
const texts = ["grüße", 'quotes " and \\ and a slash /', "x".repeat(2000)];

/** Bodies as `JSON.stringify` writes them, since some SDKs sign what they parsed and wrote anew. */
const bodiesOf = ({ bodies, fields = {} }: Entry): readonly string[] =>
  bodies ??
  texts.map((text) => JSON.stringify({ ...known, data: { text }, ...fields, mark: "before" }));

const changeMark = (body: string): string => body.replace('"before"', '"behind"');

/** What we sign, as it arrives. */
function arrived(entry: Entry, body: string, verifying: string, to = url): Request {
  const { options = {}, signingSecret = (secret: string) => secret } = entry.given?.() ?? {};
  const secret = signingSecret(verifying);
  const given = { body: Buffer.from(body, "utf8"), secret, now, options, id: "evt_1", url: to };
  const signed = providerOf(entry).sign({ ...given, type: "thing.made" });
  return requestOf({
    headers: rawHeadersFrom({ "content-type": "application/json", ...signed.headers }),
    body: signed.body ?? given.body,
    query: signed.query ?? "",
  });
}

const addressOf = ({ query }: Request): string => (query === "" ? url : `${url}?${query}`);

/** A request as the SDK gets it. */
function sentOf(request: Request, secret: string): Sent {
  const headers: Record<string, string> = {};
  for (let at = 0; at < request.headers.length; at += 2) {
    headers[String(request.headers[at]).toLowerCase()] = String(request.headers[at + 1]);
  }
  const query = new URLSearchParams(request.query);
  return { url: addressOf(request), query, headers, body: request.body.toString("utf8"), secret };
}

async function theirs(entry: Entry, sent: Sent): Promise<boolean> {
  try {
    return (await entry.accepts(sent)) !== false;
  } catch {
    return false;
  }
}

function verdictOf(
  entry: Entry,
  request: Request,
  secret: string,
  at = now,
  to = addressOf(request),
): Verdict {
  const { options, material } = entry.given?.() ?? {};
  const one = { provider: providerOf(entry), options, ...(material && { material }) };
  const over = { secrets: [{ name: "A", value: secret }], url: to, now: at };
  return judge(one, request, over);
}

const ours = (entry: Entry, request: Request, secret: string): boolean =>
  verdictOf(entry, request, secret).kind !== "rejected";

const parts = (entry: Entry) => {
  const { key = "utf8", dated = false, coversBody = true } = providerOf(entry).scheme ?? {};
  const [secret, other] = entry.secrets ?? secretsOf[key];
  const change = entry.change ?? (coversBody ? changeMark : undefined);
  return { secret, other, dated, coversBody, change };
};

describe.each(entries)("$provider against $sdk", (entry) => {
  const { secret, other, dated, coversBody, change } = parts(entry);

  it("signs what the SDK accepts, and both refuse what was changed", async () => {
    for (const body of bodiesOf(entry)) {
      const request = arrived(entry, body, secret);
      const sent = sentOf(request, secret);
      expect(await theirs(entry, sent)).toBe(true);
      expect(ours(entry, request, secret)).toBe(true);
      expect(await theirs(entry, { ...sent, secret: other })).toBe(false);
      expect(ours(entry, request, other)).toBe(false);
      if (change === undefined) continue;
      const text = change(sent.body);
      expect(text).not.toBe(sent.body);
      expect(await theirs(entry, { ...sent, body: text })).toBe(entry.blindTo === "body");
      expect(ours(entry, { ...request, body: Buffer.from(text) }, secret)).toBe(false);
      const longer = `${sent.body} `;
      expect(await theirs(entry, { ...sent, body: longer })).toBe(entry.blindTo !== undefined);
      expect(ours(entry, { ...request, body: Buffer.from(longer) }, secret)).toBe(!coversBody);
    }
  });

  it.each(entry.urls ?? [])("signs the address %s as the SDK does", async (address) => {
    const { pathname: path, search } = new URL(address);
    const { headers, body } = arrived(entry, bodiesOf(entry)[0] as string, secret, address);
    const fits = async (query: string): Promise<readonly boolean[]> => {
      const request = requestOf({ headers, body, path, query });
      const to = `https://gateway.example.com${path}?${query}`;
      const theirVerdict = await theirs(entry, { ...sentOf(request, secret), url: to });
      return [theirVerdict, verdictOf(entry, request, secret, now, to).kind !== "rejected"];
    };
    expect(await fits(search.slice(1))).toEqual([true, true]);
    expect(await fits(`${search.slice(1)}&other=1`)).toEqual([false, false]);
  });

  if (dated) {
    it("refuses a stale instant, as the SDK does where it looks at it", async () => {
      const request = arrived(entry, bodiesOf(entry)[0] as string, secret);
      vi.setSystemTime(now + dayMs);
      expect(await theirs(entry, sentOf(request, secret))).toBe(entry.ageless === true);
      expect(verdictOf(entry, request, secret, now + dayMs)).toMatchObject({
        code: "TIMESTAMP_TOO_OLD",
      });
    });
  }

  const { signs } = entry;
  if (signs !== undefined) {
    it("accepts what the SDK signs, and not what was changed", async () => {
      for (const text of bodiesOf(entry)) {
        const made = await signs({ body: text, secret, url, now });
        const request = requestOf({ headers: rawHeadersFrom(made), body: Buffer.from(text) });
        expect(ours(entry, request, secret)).toBe(true);
        expect(ours(entry, request, other)).toBe(false);
        if (change === undefined) continue;
        const body = Buffer.from(change(text));
        expect(ours(entry, { ...request, body }, secret)).toBe(false);
      }
    });
  }
});

type BirdVector = {
  readonly name: string;
  readonly secret: string;
  readonly url: string;
  readonly payload?: string;
  readonly timestamp: string;
  readonly token: string;
  readonly valid: boolean;
};
const birds: readonly BirdVector[] = load(
  "messagebird/lib/testdata/webhook-signature-jwt-reference.json",
);

describe("the vectors that MessageBird's SDK brings", () => {
  it.each(birds)("$name: valid $valid", (vector) => {
    const provider = providers.find(({ name }) => name === "messagebird") as Provider;
    const request = requestOf({
      headers: ["MessageBird-Signature-JWT", vector.token],
      body: Buffer.from(vector.payload ?? "", "utf8"),
    });
    const secrets = [{ name: "A", value: vector.secret }];
    const at = { now: Date.parse(vector.timestamp), url: vector.url };
    expect(judge({ provider }, request, { secrets, ...at }).kind === "verified").toBe(vector.valid);
  });
});

describe("evidence", () => {
  const nameOf = (sdk: string): string => sdk.slice(0, sdk.lastIndexOf("@"));
  const pinned: Readonly<Record<string, string>> = JSON.parse(
    readFileSync(join(sdkFolder, "package.json"), "utf8"),
  ).dependencies;

  it("`sdk` is said of the providers that are here, by package and version, and of no others", () => {
    const said = providers
      .filter(({ evidence }) => evidence.kind === "sdk")
      .map(({ name, evidence }) => `${name}: ${evidence.source}`);
    expect(entries.map(({ provider, sdk }) => `${provider}: ${sdk}`).sort()).toEqual(said.sort());
  });

  it("is of 60 senders at least", () => {
    const senders = new Set(entries.map(({ sdk, namedAt }) => namedAt ?? nameOf(sdk)));
    expect(senders.size).toBeGreaterThanOrEqual(60);
  });

  it.each(entries)("of $provider comes from the version that is installed", ({ sdk }) => {
    expect(`${nameOf(sdk)}@${installedVersion(nameOf(sdk))}`).toBe(sdk);
  });

  it("needs each package of the folder, at exactly one version", () => {
    const used = Object.fromEntries(
      entries.map(({ sdk }) => [nameOf(sdk), sdk.slice(nameOf(sdk).length + 1)]),
    );
    expect(pinned).toEqual(used);
  });

  it("by a package of somebody else has the sender's page that names it", () => {
    const shared = entries.filter(({ sdk }) => /^(svix|standardwebhooks)@/.test(sdk));
    for (const { provider, namedAt } of shared) {
      if (provider === "svix" || provider === "standard-webhooks") continue;
      expect(namedAt).toMatch(/^https:\/\//);
    }
  });
});
