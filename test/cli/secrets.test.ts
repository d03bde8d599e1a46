/** Secrets that senders showed: what waits is seen, and made live or forgotten by a person. */
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { GatewayFolder } from "./gateway-folder.ts";

const first = "b537207f20cbfa02357cf448134da559";
const second = "0c25c0a1e6c0cd9ad7d4a7d4c9c1a3ff";
let folder: GatewayFolder;

beforeAll(async () => {
  folder = new GatewayFolder();
  folder.write(
    "surehook.config.ts",
    `import { defineGateway, secret } from "surehook";
import { asana, hmac } from "surehook/providers";

export default defineGateway({
  sources: {
    asana: asana({ path: "/asana", learn: true }),
    shop: hmac({ path: "/shop", header: "x-signature", secrets: [secret("SHOP_SECRET")] }),
  },
  destinations: {},
  routes: [],
});
`,
  );
  await folder.start();
});

afterAll(() => folder.remove());

const post = (headers: Record<string, string>) =>
  fetch(`${folder.url}/asana`, { method: "POST", headers, body: "{}" });
const signed = (by: string) => createHmac("sha256", by).update("{}").digest("hex");

function verify(by: string, more: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
  const body = folder.write("body.json", "{}");
  const words = ["verify", "-s", "asana", "-b", body, "-H", `X-Hook-Signature:${signed(by)}`];
  return folder.run([...words, ...more], { env });
}

test("a start says which source learns", () => {
  expect(folder.greeting).toMatch(/asana.*learns its secret/);
});

test("a second secret waits until it is confirmed, and what it signed can be released", async () => {
  expect(await folder.ok("secrets", "list", "asana")).toContain("learned no secret yet");
  await post({ "X-Hook-Secret": first });
  await post({ "X-Hook-Secret": second });
  const { secrets } = await folder.json("secrets", "list", "asana");
  expect(secrets).toMatchObject([
    { name: "learned-1", state: "live", from: "127.0.0.1" },
    { name: "learned-2", state: "pending" },
  ]);
  const listed = await folder.run(["secrets", "list", "asana"]);
  expect(listed.out).toContain("learned-2");
  expect(listed.err).toContain("surehook secrets confirm asana learned-2");
  expect(listed.out + listed.err + folder.log + folder.greeting).not.toMatch(`${first}|${second}`);
  expect((await post({ "X-Hook-Signature": signed(second) })).status).toBe(401);
  const pending = { kind: "pending-secret", proven: true, secret: "learned-2" };
  const { items } = await folder.json("requests", "--source", "asana");
  const { diagnosis } = await folder.json("requests", "show", items[0].id);
  expect(diagnosis.causes).toMatchObject([pending]);
  expect(JSON.parse((await verify(second, ["--json"])).out).causes).toMatchObject([pending]);
  const told = await verify(second);
  expect(told.out).toContain("surehook secrets confirm asana learned-2");
  expect((await verify(first)).out).toBe('verified by "asana", with learned-1\n');
  await folder.ok("secrets", "confirm", "asana", "learned-2");
  expect((await verify(second)).out).toBe('verified by "asana", with learned-2\n');
  expect(await folder.json("requests", "release", "--source", "asana")).toMatchObject({
    released: 1,
  });
  expect(await folder.ok("secrets", "show", "asana", "learned-2")).toBe(`${second}\n`);
});

test("they are listed, shown and verified with where nothing can be written", async () => {
  const key = readFileSync(join(folder.path, ".surehook/surehook.db.key"), "utf8");
  const options = { env: { SUREHOOK_KEY: key.trim() } };
  const listed = await folder.lookAtCopy(["secrets", "list", "asana"], options);
  expect(listed).toMatchObject({ code: 0, out: expect.stringMatching(/learned-1 +live/) });
  const shown = await folder.lookAtCopy(["secrets", "show", "asana", "learned-1"], options);
  expect(shown).toMatchObject({ code: 0, out: `${first}\n` });
  const words = ["verify", "-s", "asana", "-b", "body.json"];
  const header = ["-H", `X-Hook-Signature:${signed(first)}`];
  const verified = await folder.lookAtCopy([...words, ...header], options);
  expect(verified.out).toBe('verified by "asana", with learned-1\n');
  const dropped = await folder.lookAtCopy(["secrets", "drop", "asana", "learned-1"], options);
  expect(dropped.err).toContain("can't be written");
});

test("that there is no store to look for them in is said", async () => {
  const { code, out, err } = await verify(first, [], { SUREHOOK_STORE: "elsewhere.db" });
  expect([code, out]).toEqual([1, expect.stringContaining("has no live secret")]);
  expect(err.replaceAll(/\s+/g, " ")).toContain('what "asana" has learned wasn\'t looked at');
});

test("one that is dropped fits no more, and one that isn't there is said so", async () => {
  await folder.ok("secrets", "drop", "asana", "learned-1");
  expect((await post({ "X-Hook-Signature": signed(first) })).status).toBe(401);
  const again = await folder.run(["secrets", "drop", "asana", "learned-1"]);
  expect([again.code, again.err]).toEqual([
    3,
    expect.stringContaining("surehook secrets list asana"),
  ]);
  const unknown = await folder.run(["secrets", "list", "asna"]);
  expect([unknown.code, unknown.err]).toEqual([
    3,
    expect.stringContaining('Did you mean "asana"?'),
  ]);
});

test("what was learned signs what is sent to try things out", async () => {
  const sent = await folder.run(["send", "asana", "task.added", "--url", folder.url]);
  expect([sent.code, sent.out]).toEqual([0, expect.stringContaining("200 ")]);
});
