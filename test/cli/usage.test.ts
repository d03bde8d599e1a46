/** Help, wrong words, wrong configs: what is said, where, and with which exit code. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GatewayFolder, secrets } from "./gateway-folder.ts";

let folder: GatewayFolder;

beforeAll(() => {
  folder = new GatewayFolder();
});

afterAll(() => folder.remove());

const commands = [
  ["start"],
  ["check"],
  ["send"],
  ["events"],
  ["events", "list"],
  ["events", "show"],
  ["events", "tail"],
  ["requests"],
  ["requests", "list"],
  ["requests", "show"],
  ["requests", "release"],
  ["deliveries"],
  ["deliveries", "list"],
  ["deliveries", "show"],
  ["deliveries", "cancel"],
  ["replay"],
  ["pause"],
  ["resume"],
  ["token"],
  ["init"],
  ["add"],
];

describe("help", () => {
  test("names every command, the environment and the exit codes", async () => {
    const help = await folder.ok("--help");
    for (const [name = ""] of commands) expect(help).toContain(`\n  ${name} `);
    expect(help).toContain("SUREHOOK_STORE");
    expect(help).toContain("\n  2  wrong usage or config\n  3  not found");
    expect(await folder.ok()).toBe(help);
  });

  test("is there for each command, on a narrow terminal within its width", async () => {
    const runs = [[], ...commands].map(async (words) => ({
      words,
      ran: await folder.run([...words, "--help"], { env: { COLUMNS: "40" } }),
    }));
    for (const { words, ran } of await Promise.all(runs)) {
      expect(ran.code, words.join(" ")).toBe(0);
      expect(ran.out).toContain(`Usage: surehook ${words.join(" ")}`);
      expect(ran.out).toContain("Exit codes:\n  0  done");
      const prose = ran.out.split("\n").filter((line) => !line.startsWith("Usage"));
      expect(Math.max(...prose.map((line) => line.length))).toBeLessThanOrEqual(40);
    }
  });

  test("the version is the package's", async () => {
    expect(await folder.ok("--version")).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe("wrong words", () => {
  test.each([
    [["strat"], "Did you mean start?"],
    [["events", "lst"], "Did you mean `surehook events list`?"],
    [["requests", "0000"], "surehook requests show 0000"],
    [["events", "--sorce", "x"], "Did you mean --source?"],
    [["send", "shop"], "Missing required argument 'type'"],
    [["start", "--port", "70000"], "from 0 to 65535"],
    [["start", "--local", "--host", "::1"], "exclude each other"],
    [["deliveries", "--state", "daed"], "Allowed choices are"],
    [["events", "--since", "soon"], "15m, 2h, 3d"],
    [["events", "--since", "2026-02-30"], "15m, 2h, 3d"],
    [["pause", "note", "--for", "ever"], "such as 90s"],
    [["replay"], "Nothing was chosen"],
    [["replay", "some-id", "--source", "shop"], "exclude each other"],
  ])("%j end with 2 and say what fits", async (words, hint) => {
    const { code, out, err } = await folder.run(words);
    expect(code).toBe(2);
    expect(out).toBe("");
    expect(err).toContain("[USAGE]");
    expect(err).toContain(hint);
    expect(err).not.toContain("    at ");
    expect(err.trim().split("\n").length).toBeLessThanOrEqual(2);
  });

  test("a wrong port in the environment is a fault of usage", async () => {
    const { code, err } = await folder.run(["check"], { env: { PORT: "many" } });
    expect(code).toBe(2);
    expect(err).toContain('not "many"');
  });

  test.each([
    [["strat"], 2, "USAGE"],
    [["check", "--wrong"], 2, "USAGE"],
    [["start"], 2, "USAGE"],
    [["send", "nobody", "x"], 3, "NOT_FOUND"],
    [["send", "shop"], 2, "USAGE"],
    [["events", "--since", "soon"], 2, "USAGE"],
    [["events", "show", "x"], 3, "NOT_FOUND"],
    [["events", "tail"], 3, "NOT_FOUND"],
    [["requests", "lst"], 2, "USAGE"],
    [["requests", "release"], 3, "NOT_FOUND"],
    [["deliveries", "cancel", "x"], 3, "NOT_FOUND"],
    [["replay"], 2, "USAGE"],
    [["pause", "nobody"], 3, "NOT_FOUND"],
    [["resume", "note"], 3, "NOT_FOUND"],
  ])("%j with --json end with %i and one JSON object", async (words, wanted, name) => {
    const { code, out, err } = await folder.run([...words, "--json"]);
    expect({ code, out }).toEqual({ code: wanted, out: "" });
    expect(err.trim().split("\n")).toHaveLength(1);
    expect(JSON.parse(err)).toEqual({
      error: expect.stringMatching(/\.$/),
      code: name,
      hint: expect.stringMatching(/./),
    });
  });

  test("a stack is shown only when it is asked for", async () => {
    const { err } = await folder.run(["replay"], { env: { SUREHOOK_DEBUG: "1" } });
    expect(err).toContain("    at ");
  });
});

const wrongConfig = `import { defineGateway } from "surehook";
import { http } from "surehook/destinations";
import { stripe } from "surehook/providers";

export default defineGateway({
  sources: { stripe: stripe({ path: "stripe", secrets: [], tolerance: 3 }) },
  destinations: { app: http({ url: "https://example.com/hooks" }) },
  routes: [{ from: "strip", to: "ap" }],
});
`;

describe("a wrong config", () => {
  test.each([["check"], ["start"]])(
    "makes %s list every mistake with its path, and end with 2",
    async (command) => {
      const path = folder.write("wrong.config.ts", wrongConfig);
      const { code, out, err } = await folder.run([command, "--config", path]);
      expect(code).toBe(2);
      expect(out).toBe("");
      expect(err).toContain("[CONFIG_INVALID]");
      for (const part of [
        "sources.stripe.path",
        "sources.stripe.tolerance",
        "routes[0].from",
        "routes[0].to",
      ]) {
        expect(err).toContain(`  ${part}\n    expected: `);
      }
      expect(err).toContain('did you mean "stripe"?');
      expect(err).toContain('did you mean "app"?');
    },
  );

  test("is one JSON document where that is asked for", async () => {
    const path = folder.write("wrong.config.ts", wrongConfig);
    const { code, out, err } = await folder.run(["check", "--json", "--config", path]);
    expect(code).toBe(2);
    expect(err).toBe("");
    const { ok, mistakes } = JSON.parse(out);
    expect(ok).toBe(false);
    expect(mistakes.map(({ path: at }: { path: string }) => at)).toContain("routes[0].to");
  });

  test("is one JSON object on standard error where a command that needs it was to print JSON", async () => {
    const path = folder.write("wrong.config.ts", wrongConfig);
    const { code, out, err } = await folder.run(["pause", "app", "--json", "--config", path]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    const { code: name, mistakes } = JSON.parse(err);
    expect(name).toBe("CONFIG_INVALID");
    expect(mistakes).toContainEqual(
      expect.objectContaining({ path: "routes[0].to", expected: expect.any(String) }),
    );
  });

  test("a secret that is missing is one of its mistakes", async () => {
    const { code, err } = await folder.run(["check"], { env: { SHOP_SECRET: "" } });
    expect(code).toBe(2);
    expect(err).toContain("sources.shop.secrets");
    expect(err).toContain("set SHOP_SECRET, or SHOP_SECRET_FILE");
  });

  test("one that is not there is named, and what to do about it", async () => {
    const { code, err } = await folder.run(["check", "--config", "nowhere.ts"]);
    expect(code).toBe(2);
    expect(err).toContain("nowhere.ts");
  });
});

describe("check", () => {
  test("shows sources, destinations and routes, and no secret", async () => {
    const { code, out, err } = await folder.run(["check"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^stripe +stripe +\/stripe +on$/m);
    expect(out).toMatch(/^off +github +\/github +off +answers 503: set MISSING_SECRET$/m);
    expect(out).toMatch(/^note +code/m);
    expect(out).toMatch(/^stripe, shop +all +note$/m);
    expect(err).toContain('no route takes events of "tenants"');
    expect(err).toContain('no route leads to "spare"');
    for (const secret of Object.values(secrets)) expect(out + err).not.toContain(secret);
  });

  test("is JSON where that is asked for", async () => {
    const { ok, sources, destinations, routes, pauses } = await folder.json("check");
    expect(ok).toBe(true);
    expect(sources).toContainEqual({ name: "shop", provider: "hmac", path: "/shop", on: true });
    expect(destinations[0]).toMatchObject({ name: "note", kind: "code", timeoutMs: 30_000 });
    expect(routes).toEqual([{ from: ["stripe", "shop"], to: ["note"] }]);
    expect(pauses).toEqual([]);
  });
});

describe("without a store", () => {
  test.each([
    [["events"]],
    [["requests", "show", "x"]],
    [["deliveries"]],
    [["resume", "note"]],
    [["replay", "x"]],
  ])("%j ends with 3, says how to get one, and makes none", async (words) => {
    const { code, out, err } = await folder.run(words);
    expect(code).toBe(3);
    expect(out).toBe("");
    expect(err).toContain("There is no store at");
    expect(err).toContain("surehook start");
  });
});
