/** Both ways against Square's SDK: what it accepts we accept, and it accepts what we sign. */
import { createHmac } from "node:crypto";
import fc from "fast-check";
import { WebhooksHelper } from "square";
import { describe, expect, it } from "vitest";
import { judge, requestOf } from "../../src/providers/conformance-requests.ts";
import { square } from "../../src/providers/square.ts";

const provider = square;
const url = "https://hooks.example.com/square?tenant=7";

type Signed = {
  readonly body: string;
  readonly signature: string;
  readonly secret: string;
  readonly url: string;
};

const theirs = ({ body, signature, secret, url: notificationUrl }: Signed) =>
  WebhooksHelper.verifySignature({
    requestBody: body,
    signatureHeader: signature,
    signatureKey: secret,
    notificationUrl,
  });

const ours = ({ body, signature, secret, url: given }: Signed): boolean => {
  const headers = ["X-Square-HmacSha256-Signature", signature];
  const request = requestOf({ headers, body: Buffer.from(body, "utf8") });
  const secrets = [{ name: "A", value: secret }];
  return judge({ provider }, request, { secrets, url: given }).kind === "verified";
};

const words = fc.string({ minLength: 1, unit: "grapheme" }).filter((text) => text.isWellFormed());

describe("square against its SDK", () => {
  it("signs what the SDK accepts, and agrees with it on what is changed", async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), words, async (body, secret) => {
        const input = { body: Buffer.from(body), secret, now: 0, options: {}, id: "1", type: "x" };
        const { headers } = provider.sign({ ...input, url });
        const signature = headers["X-Square-HmacSha256-Signature"] as string;
        const signed = { body, signature, secret, url };
        for (const [one, expected] of [
          [signed, true],
          [{ ...signed, body: `${body} ` }, false],
          [{ ...signed, secret: `${secret}x` }, false],
          [{ ...signed, url: `${url}&` }, false],
          [{ ...signed, url: url.replace("https", "http") }, false],
        ] as const) {
          expect(await theirs(one)).toBe(expected);
          expect(ours(one)).toBe(expected);
        }
      }),
    );
  });

  it("accepts what anybody with the key makes by the documented recipe, as the SDK does", async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), words, async (body, secret) => {
        const signature = createHmac("sha256", secret)
          .update(url + body)
          .digest("base64");
        const signed = { body, signature, secret, url };
        expect(await theirs(signed)).toBe(true);
        expect(ours(signed)).toBe(true);
      }),
    );
  });

  it("takes the URL that was registered where the source has one of its own", async () => {
    const registered = "https://elsewhere.example.net/in/";
    const signature = createHmac("sha256", "k").update(`${registered}{}`).digest("base64");
    expect(await theirs({ body: "{}", signature, secret: "k", url: registered })).toBe(true);
    const headers = ["x-square-hmacsha256-signature", signature];
    const request = requestOf({ headers, body: Buffer.from("{}") });
    const over = { secrets: [{ name: "A", value: "k" }], url };
    const options = { notificationUrl: registered };
    expect(judge({ provider, options }, request, over).kind).toBe("verified");
    expect(judge({ provider, options: {} }, request, over)).toMatchObject({
      code: "INVALID_SIGNATURE",
    });
  });
});
