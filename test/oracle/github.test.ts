/** Both ways against @octokit/webhooks-methods, over its community's examples. */
import { createRequire } from "node:module";
import { sign, verify } from "@octokit/webhooks-methods";
import { describe, expect, it } from "vitest";
import { identify, judge, requestOf } from "../../src/providers/conformance-requests.ts";
import { github } from "../../src/providers/github.ts";

type Example = {
  readonly name: string;
  readonly examples: readonly { readonly action?: string }[];
};

const examples = createRequire(import.meta.url)("@octokit/webhooks-examples") as readonly Example[];
const provider = github;
const secret = "It's a Secret to Everybody";
const secrets = [{ name: "A", value: secret }];

describe("github against octokit", () => {
  it.each(examples.map((example) => [example.name, example] as const))(
    "accepts what octokit signs, signs what it accepts, and names it: %s",
    async (name, example) => {
      for (const payload of example.examples) {
        const text = JSON.stringify(payload);
        const body = Buffer.from(text, "utf8");
        const signature = await sign(secret, text);
        const headers = ["X-GitHub-Event", name, "X-Hub-Signature-256", signature];
        const request = requestOf({ headers, body });
        expect(judge({ provider }, request, { secrets }).kind).toBe("verified");
        const type = payload.action ? `${name}.${payload.action}` : name;
        expect(identify({ provider }, request)[0]?.type).toBe(type);
        const input = { body, secret, now: 0, options: {}, id: "guid", type };
        const signed = provider.sign(input).headers;
        expect(signed["X-GitHub-Event"]).toBe(name);
        const made = signed["X-Hub-Signature-256"] as string;
        expect(await verify(secret, text, made)).toBe(true);
        expect(await verify(secret, `${text} `, made)).toBe(false);
        const tampered = { ...request, body: Buffer.from(`${text} `) };
        expect(judge({ provider }, tampered, { secrets }).kind).toBe("rejected");
      }
    },
  );

  it("agrees with octokit on the case of hex", async () => {
    const upper = (await sign(secret, "{}")).replace(/[a-f]+$|[a-f]/g, (text) =>
      text.toUpperCase(),
    );
    expect(await verify(secret, "{}", upper)).toBe(false);
    const request = requestOf({ headers: ["X-Hub-Signature-256", upper], body: Buffer.from("{}") });
    expect(judge({ provider }, request, { secrets }).kind).toBe("rejected");
  });
});
