/** Every snippet of the documents is compiled, checked, or read by the command line's parser. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "../../scripts/bootstrap.mjs";
import {
  compileFaults,
  configFaults,
  jsonFaults,
  proseFaults,
  runByTests,
  shellFaults,
} from "./snippet-judges.ts";
import { blocksOf, documents, filesOf, isConfig, snippetsOf } from "./snippets.ts";

const pages = documents(root);
const snippets = snippetsOf(root, pages);
const groups = filesOf(snippets);

describe("the snippets of the documents", () => {
  test("are of languages that something here reads", () => {
    // The last three are drawn, systemd's, and what a command prints.
    const read = ["ts", "js", "json", "sh", "mermaid", "ini", "text"];
    const others = snippets.filter(({ language }) => !read.includes(language));
    expect(others.map(({ place, language }) => `${place}: ${language}`)).toEqual([]);
  });

  test("are all found: each fence is of a block", () => {
    const fences = pages.map(
      (page) => readFileSync(join(root, page), "utf8").match(/^ *```/gm)?.length ?? 0,
    );
    expect(snippets.length * 2).toBe(fences.reduce((sum, count) => sum + count));
  });

  test("compile", () => {
    expect(groups.flat().length).toBeGreaterThan(10);
    expect(compileFaults(groups)).toEqual([]);
  });

  test("are configs that surehook check takes", () => {
    expect(groups.flat().filter(isConfig).length).toBeGreaterThan(5);
    expect(configFaults(groups)).toEqual([]);
  });

  test("are JSON, and configs in it are right", () => {
    expect(jsonFaults(snippets)).toEqual([]);
  });

  test("are commands that there are, with options that they have", async () => {
    expect(await shellFaults(snippets)).toEqual([]);
  });

  test("are run by the tests that are said to run them", () => {
    for (const [page, path] of Object.entries(runByTests)) {
      expect(readFileSync(join(root, path), "utf8")).toContain(page.split("/").at(-1));
    }
  });

  test("are so in the running text too", async () => {
    const faults = pages.map((page) => proseFaults(page, readFileSync(join(root, page), "utf8")));
    expect((await Promise.all(faults)).flat()).toEqual([]);
  });

  test("that aren't run say why", () => {
    const unrun = snippets.filter(({ notRun }) => notRun !== undefined);
    process.stdout.write(
      unrun.map(({ place, notRun }) => `not run: ${place}: ${notRun}\n`).join(""),
    );
    // One more is a decision, not an oversight.
    expect(unrun.length).toBeLessThanOrEqual(12);
  });
});

const fenced = (language: string, text: string) => `Text.\n\n\`\`\`${language}\n${text}\n\`\`\`\n`;

const gateway = (options: string) => `import { defineGateway, secret } from "surehook";
import { code } from "surehook/destinations";
import { stripe } from "surehook/providers";
export default defineGateway({
  sources: { stripe: stripe({ path: "/a", secrets: [secret("A")] }) },
  destinations: { app: code(() => import("./app.ts")) },
  routes: [${options}],
});`;

describe("a wrong snippet is seen", () => {
  const of = (language: string, ...texts: readonly string[]) =>
    blocksOf("a.md", texts.map((text) => fenced(language, text)).join("\n"));
  const right = gateway('{ from: "stripe", to: "app" }');
  const app = "// app.ts\nexport function handle(): void {}";

  test("by the compiler, with its line", () => {
    expect(compileFaults(filesOf(of("ts", right, app)))).toEqual([]);
    const wrong = gateway('{ from: "strip", to: "app" }');
    expect(compileFaults(filesOf(of("ts", wrong, app)))).toMatchObject([{ place: "a.md:3" }]);
    expect(compileFaults(filesOf(of("ts", 'import { nothing } from "surehook";')))).toHaveLength(1);
    expect(compileFaults(filesOf(of("js", "const = 1;")))).not.toEqual([]);
  });

  test("by check, where it compiles", () => {
    expect(configFaults(filesOf(of("ts", right, app)))).toEqual([]);
    expect(configFaults(filesOf(of("ts", right)))).toMatchObject([{ place: "a.md:3" }]);
    const filtered = gateway('{ from: "stripe", to: "app", types: [] }');
    expect(configFaults(filesOf(of("ts", filtered, app)))).toHaveLength(1);
  });

  test("in JSON", () => {
    expect(jsonFaults(of("json", '{"a": 1,}'))).toHaveLength(1);
    const sources = { shop: { provider: "hmac", path: "/shop", secrets: [{ secret: "S" }] } };
    const wrong = JSON.stringify({ sources, destinations: {}, routes: [] });
    expect(jsonFaults(of("json", wrong))).toHaveLength(1);
  });

  test.each([
    ["surehook sart"],
    ["surehook start --locl"],
    ["npx surehook requests release --nothing"],
    ["npm run --silent surehook -- pause"],
    ["npm run nothing"],
    ["docker run surehook"],
    ["surehook requests --since 2h && surehook events --since yesterday"],
  ])("on the command line: %s", async (line) => {
    expect(await shellFaults(of("sh", line))).toHaveLength(1);
    expect(
      await shellFaults(blocksOf("a.md", `<!-- not run: why -->\n${fenced("sh", line).slice(7)}`)),
    ).toEqual([]);
  });

  test("in running text", async () => {
    expect(await proseFaults("a.md", "Do `surehook stat --local`.")).toHaveLength(1);
    expect(await proseFaults("a.md", "Do `surehook start --local`.")).toEqual([]);
  });
});
