/** The site is built, and each of its pages is reached by its navigation. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { environmentFor, prepareFolder, root, run } from "../../scripts/bootstrap.mjs";

const folder = join(root, "docs", ".vitepress");
let built: string;

/** A build is a minute of work, more on a machine that is shared. */
const buildMs = 600_000;

function build(...options: readonly string[]): Promise<number> {
  const vitepress = join(folder, "node_modules", "vitepress", "bin", "vitepress.js");
  const words = [vitepress, "build", "docs", "--outDir", built, ...options];
  return run(process.execPath, words, environmentFor(process.execPath));
}

beforeAll(async () => {
  built = mkdtempSync(join(tmpdir(), "surehook-site-"));
  await prepareFolder(folder);
  // Dead links end it with another code.
  expect(await build()).toBe(0);
}, buildMs);

afterAll(() => rmSync(built, { recursive: true, force: true }));

function pages(): readonly string[] {
  return readdirSync(built, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".html") && name !== "404.html")
    .map((name) => `/${name.replace(/(?:^|(?<=\/))index\.html$|\.html$/, "")}`);
}

function html(page: string): string {
  return readFileSync(join(built, page === "/" ? "index.html" : `${page.slice(1)}.html`), "utf8");
}

/** The addresses of the sidebar, as every page has it. */
function navigation(): readonly string[] {
  const sidebar = /<aside class="VPSidebar[\s\S]*?<\/aside>/.exec(html("/start"))?.[0] ?? "";
  return [...sidebar.matchAll(/href="([^"]+)"/g)].map(([, href = ""]) => href);
}

describe("the site", () => {
  test("has every page in its navigation, and leads nowhere else by it", () => {
    const named = navigation().map((href) => href.replace(/#.*/, ""));
    expect(named.length).toBeGreaterThan(20);
    expect([...new Set(named)].sort()).toEqual([...pages()].sort());
  });

  test("has a place for each address of the navigation that names one", () => {
    const places = navigation().filter((href) => href.includes("#"));
    expect(places.length).toBeGreaterThan(0);
    for (const href of places) {
      const [page = "", id] = href.split("#");
      expect(html(page)).toContain(`id="${id}"`);
    }
  });

  test("has a place for each link within it", () => {
    const dead = pages().flatMap((page) =>
      [...html(page).matchAll(/href="(\/[^"#]*|)#([^"]+)"/g)]
        .map(([, to = "", id = ""]) => ({ page: to.replace(/\.html$/, "") || page, id }))
        .filter(({ page: to, id }) => !html(to).includes(`id="${decodeURIComponent(id)}"`))
        .map(({ page: to, id }) => `${page} leads to ${to}#${id}`),
    );
    expect(dead).toEqual([]);
  });

  test("has the config's schema, as in the repository", () => {
    expect(readFileSync(join(built, "surehook.schema.json"), "utf8")).toBe(
      readFileSync(join(root, "schema", "surehook.schema.json"), "utf8"),
    );
  });

  test(
    "isn't built where a link is dead",
    async () => {
      const page = join(root, "docs", "dead-link-of-a-test.md");
      writeFileSync(page, "# Dead\n\n[nowhere](nowhere.md)\n");
      try {
        expect(await build()).not.toBe(0);
      } finally {
        rmSync(page);
      }
    },
    buildMs,
  );
});
