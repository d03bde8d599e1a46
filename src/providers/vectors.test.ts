import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Provider } from "../core/define.ts";
import { rawHeadersFrom } from "../kit/raw-headers.ts";
import { judge, now, requestOf, signedBy } from "./conformance-requests.ts";
import { hmac, providers } from "./index.ts";
import type { HmacOptions } from "./schemes/hmac-settings.ts";

type Vector = {
  readonly provider: string;
  readonly name: string;
  readonly source: string;
  readonly secret: string;
  /** The address that the sender was given, where it signs that. */
  readonly url?: string;
  readonly body: string;
  readonly method?: string;
  readonly content_type?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly expected: "valid" | "invalid";
  readonly now?: number;
  readonly timestamp?: number;
  /** The sender's own, where the vector is about that. */
  readonly toleranceSeconds?: number;
};

const file = new URL("../../test/oracle/vectors.json", import.meta.url);
const { vectors } = JSON.parse(readFileSync(file, "utf8")) as { vectors: readonly Vector[] };

describe("published vectors", () => {
  it.each(vectors)("$provider: $name is $expected", (vector) => {
    const provider = providers.find((candidate) => candidate.name === vector.provider);
    expect(provider).toBeDefined();
    const { content_type: type, method = "POST" } = vector;
    const request = requestOf({
      method,
      headers: rawHeadersFrom({ ...vector.headers, ...(type ? { "Content-Type": type } : {}) }),
      body: Buffer.from(vector.body, "utf8"),
      query: vector.url === undefined ? "" : new URL(vector.url).search.slice(1),
    });
    const at = vector.now ?? vector.timestamp;
    const verdict = judge({ provider: provider as Provider }, request, {
      secrets: [{ name: "A", value: vector.secret }],
      now: at === undefined ? now : at * 1000,
      toleranceSeconds: vector.toleranceSeconds ?? provider?.toleranceSeconds ?? 300,
      ...(vector.url === undefined ? {} : { url: vector.url }),
    });
    const kind = provider?.scheme?.coversBody ? "verified" : "authenticated";
    if (vector.expected === "valid") expect(verdict).toEqual({ kind, secret: "A" });
    else expect(verdict.kind).toBe("rejected");
  });

  it("are there for each provider of which some were published", () => {
    expect(new Set(vectors.map((vector) => vector.provider))).toEqual(
      new Set([
        "adyen",
        "adyen-platform",
        "bitbucket",
        "box",
        "circleci",
        "coinbase-commerce",
        "coinify",
        "configcat",
        "convoy",
        "discord",
        "github",
        "gocardless",
        "hubspot-v2",
        "jira",
        "line",
        "paddle",
        "pagerduty",
        "sanity",
        "sendgrid",
        "shopify",
        "slack",
        "square",
        "standard-webhooks",
        "stripe",
        "svix",
        "twilio",
      ]),
    );
  });
});

describe("hmac against RFC 2202 and RFC 4231, test case 2", () => {
  const digests = {
    sha1: "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
    sha256: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    sha384:
      "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
    sha512:
      "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
  } as const;

  it.each(["sha1", "sha256", "sha384", "sha512"] as const)(
    "makes the digest of %s",
    (algorithm) => {
      const options: HmacOptions = { header: "x-signature", algorithm };
      const one = {
        title: "",
        provider: hmac,
        options,
        secret: "Jefe",
        otherSecret: "",
        dated: false,
        place: { header: "x-signature" },
        coversBody: true,
      };
      const request = signedBy(one, Buffer.from("what do ya want for nothing?"));
      expect(request.headers).toContain(digests[algorithm]);
      expect(judge(one, request, { secrets: [{ name: "A", value: "Jefe" }] }).kind).toBe(
        "verified",
      );
    },
  );
});
