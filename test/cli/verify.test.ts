/** `surehook verify`, what `requests show` says of a refused request, and `surehook providers`. */
import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ProviderSummary } from "../../src/app/provider-facts.ts";
import { providers } from "../../src/providers/index.ts";
import { GatewayFolder, secrets } from "./gateway-folder.ts";

let folder: GatewayFolder;

beforeAll(async () => {
  folder = new GatewayFolder();
  await folder.start();
});

afterAll(() => folder.remove());

const body = '{"id":"evt_1","type":"invoice.paid"}';

function stripeHeader(
  text: string,
  secret: string,
  seconds = Math.floor(Date.now() / 1000),
): string {
  const signature = createHmac("sha256", secret).update(`${seconds}.${text}`).digest("hex");
  return `t=${seconds},v1=${signature}`;
}

/** Runs `verify` on a request of Stripe that is signed over one body and has another. */
function verify(header: string, sent = body, ...more: readonly string[]) {
  const bodyFile = folder.write("body.json", sent);
  const headersFile = folder.write("headers.txt", `Host: x\r\nStripe-Signature: ${header}\r\n`);
  const words = ["--source", "stripe", "--headers", headersFile, "--body", bodyFile];
  return folder.run(["verify", ...words, ...more]);
}

describe("verify", () => {
  test("says that a right request is right", async () => {
    const { code, out } = await verify(stripeHeader(body, secrets.STRIPE_SECRET));
    expect({ code, out }).toEqual({
      code: 0,
      out: 'verified by "stripe", with STRIPE_SECRET\n',
    });
  });

  test("says that the body was written anew, and prints neither secret nor signature", async () => {
    const header = stripeHeader(body, secrets.STRIPE_SECRET);
    const { code, out, err } = await verify(header, `${body}\n`);
    expect(code).toBe(1);
    expect(out).toContain('rejected by "stripe": INVALID_SIGNATURE');
    expect(out.replaceAll(/\n\s+/g, " ")).toContain("without the line break at its end");
    expect(out + err).not.toContain(secrets.STRIPE_SECRET);
    expect(out + err).not.toContain(header.split("v1=")[1]);
  });

  test("names the source whose secret fits, in JSON too", async () => {
    const { code, out } = await verify(stripeHeader(body, secrets.SHOP_SECRET), body, "--json");
    expect(code).toBe(1);
    const { verdict, causes } = JSON.parse(out);
    expect({ verdict, causes }).toMatchObject({
      verdict: "rejected",
      causes: [{ kind: "other-secret", proven: true, secret: "SHOP_SECRET", source: "shop" }],
    });
  });

  test("judges a captured request as of a time", async () => {
    const header = stripeHeader(body, secrets.STRIPE_SECRET, 1_700_000_000);
    const stale = await verify(header);
    expect(stale.code).toBe(1);
    expect(stale.out).toContain("The signature is right, but");
    expect((await verify(header, body, "--at", "2023-11-14T22:13:20Z")).code).toBe(0);
  });

  test("takes headers one by one, and as JSON", async () => {
    const header = stripeHeader(body, secrets.STRIPE_SECRET);
    const file = folder.write("body.json", body);
    const words = ["verify", "-s", "stripe", "-b", file];
    const lists = [`stripe-signature:${header}`, "accept: */*"];
    expect((await folder.run([...words, "-H", ...lists])).code).toBe(0);
    for (const form of [{ "Stripe-Signature": header }, ["Stripe-Signature", header]]) {
      const json = folder.write("headers.json", JSON.stringify(form));
      expect((await folder.run([...words, "-H", json])).code).toBe(0);
    }
  });

  test("ends with 3 for a source that there isn't, with 2 for a file that can't be read", async () => {
    const file = folder.write("body.json", body);
    const words = ["-H", "a:b", "-b", file];
    expect((await folder.run(["verify", "-s", "strpe", ...words])).code).toBe(3);
    const missing = await folder.run(["verify", "-s", "stripe", "-H", "a:b", "-b", "nowhere"]);
    expect(missing.code).toBe(2);
    expect((await folder.run(["verify", "-s", "stripe", "-H", "nowhere", "-b", file])).code).toBe(
      2,
    );
  });
});

test("a handshake is told as one: one that is answered, one that isn't, and a method that only they have", async () => {
  const config = folder.write(
    "asked.config.ts",
    `import { defineGateway, secret } from "surehook";
import { meta } from "surehook/providers";
export default defineGateway({
  sources: {
    meta: meta({ path: "/m", secrets: [secret("SHOP_SECRET")], verifyToken: secret("SHOP_SECRET") }),
  },
  destinations: {},
  routes: [],
});`,
  );
  const words = ["-c", config, "-s", "meta", "-H", "a:b", "-b", folder.write("none", "")];
  const ask = (query: string) =>
    folder.run(["verify", ...words, "--method", "get", "--url", `https://x.example/m?${query}`]);
  const right = await ask(
    `hub.mode=subscribe&hub.challenge=1&hub.verify_token=${secrets.SHOP_SECRET}`,
  );
  expect(right).toMatchObject({ code: 0, out: expect.stringContaining('answered by "meta"') });
  const wrong = await ask("hub.mode=subscribe&hub.challenge=1&hub.verify_token=x");
  expect(wrong).toMatchObject({ code: 1, out: expect.stringContaining("Enter the same token") });
  const none = await ask("hub.mode=other");
  expect(none).toMatchObject({ code: 1, out: expect.stringContaining("Events come by POST") });
});

test("a refused request says why when it is looked at, and what to do", async () => {
  const headers = { "stripe-signature": stripeHeader(body, ` ${secrets.STRIPE_SECRET} `) };
  const answer = await fetch(`${folder.url}/stripe`, { method: "POST", headers, body });
  expect(answer.status).toBe(401);
  const { items } = await folder.json("requests", "--outcome", "rejected", "--source", "stripe");
  const [{ id }] = items;
  const unknown = await folder.run(["requests", "show", id]);
  expect(unknown.out).toContain("Why");
  expect(unknown.err).toContain(`requests release ${id}`);
  const env = { STRIPE_SECRET: ` ${secrets.STRIPE_SECRET} ` };
  const mended = await folder.run(["requests", "show", id], { env });
  expect(mended.out).toContain("It verifies now, with STRIPE_SECRET.");
  const { diagnosis } = await folder.json("requests", "show", id);
  expect(diagnosis).toMatchObject({ verdict: "rejected", code: "INVALID_SIGNATURE" });
  expect((await folder.run(["requests", "release", id], { env })).code).toBe(0);
});

describe("providers", () => {
  test("lists all of them, or those known in one way", async () => {
    const { items } = await folder.json("providers");
    expect(items.map(({ name }: { name: string }) => name)).toEqual(
      providers.map(({ name }) => name),
    );
    const { items: confirmed } = await folder.json("providers", "--evidence", "sdk");
    const kinds = new Set(
      confirmed.map(({ evidence }: { evidence: { kind: string } }) => evidence.kind),
    );
    expect([...kinds]).toEqual(["sdk"]);
  });

  test("are 150 at least, 110 of them read at the sender, 60 by its SDK", async () => {
    const { items } = await folder.json("providers");
    const count = (...kinds: readonly string[]): number =>
      items.filter(({ evidence }: ProviderSummary) => kinds.includes(evidence.kind)).length;
    expect(items.length).toBeGreaterThanOrEqual(150);
    expect(count("sdk", "vector", "docs")).toBeGreaterThanOrEqual(110);
    expect(count("sdk")).toBeGreaterThanOrEqual(60);
    const read = items.filter(({ evidence }: ProviderSummary) => evidence.kind === "docs");
    for (const { evidence } of read) {
      expect(evidence.source).toContain("https://");
      expect(evidence.readOn).toMatch(/^20\d\d-\d\d-\d\d$/);
      expect(evidence.read.length).toBeGreaterThan(20);
    }
  });

  test("fits a terminal, wide or narrow, and has no colour where none is wanted", async () => {
    for (const columns of ["40", "80", "120"]) {
      const { code, out } = await folder.run(["providers"], { env: { COLUMNS: columns } });
      expect(code).toBe(0);
      const widest = Math.max(...out.split("\n").map((line) => line.length));
      expect(widest).toBeLessThanOrEqual(Number(columns) + (columns === "40" ? 40 : 0));
      expect(out).not.toContain("\u001b");
    }
  });

  test("explains one, with the line for the config", async () => {
    const out = await folder.ok("providers", "slack");
    for (const words of [
      "X-Slack-Signature",
      '"v0:" timestamp ":" body',
      'slack({ path: "/slack"',
    ]) {
      expect(out).toContain(words);
    }
    expect(await folder.json("providers", "slack")).toMatchObject({ name: "slack", dated: true });
    const other = await folder.run(["providers", "slak"]);
    expect(other.code).toBe(3);
    expect(other.err).toContain('Did you mean "slack"?');
  });
});
