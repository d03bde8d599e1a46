/** The site: the pages of docs/, as they are in the repository. `npm run docs` builds it. */
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig } from "vitepress";
import { sections } from "./navigation.mjs";
import { assets, fileOf, siteLink } from "./outside.mjs";

export default defineConfig({
  title: "Surehook",
  description: "A webhook gateway that keeps what it acknowledges.",
  cacheDir: ".vitepress/node_modules/.cache",
  cleanUrls: true,
  ignoreDeadLinks: [/surehook\.schema\.json$/],
  themeConfig: {
    sidebar: sections,
    search: { provider: "local" },
    outline: [2, 3],
  },
  markdown: {
    config: (md) => {
      leadLinksToTheSite(md);
      drawDiagrams(md);
      nameCells(md);
    },
  },
  vite: { build: { chunkSizeWarningLimit: 4_000 } },
  // Their tables need the room.
  transformPageData: ({ relativePath }) =>
    ["providers.md", "compare.md"].includes(relativePath) ? { frontmatter: { aside: false } } : {},
  buildEnd: ({ outDir }) => {
    for (const [name, file] of Object.entries(assets)) copyFileSync(file, join(outDir, name));
  },
});

/**
 * Links that lead out of docs/, or are in a page from outside, lead to that page of the site. What only the
 * repository has is no link here.
 */
function leadLinksToTheSite(md) {
  md.core.ruler.push("links-of-the-repository", ({ tokens, env }) => {
    const file = fileOf(env.relativePath);
    const inline = tokens.flatMap(({ children }) => children ?? []);
    for (const [at, token] of inline.entries()) {
      const place = token.type === "link_open" ? siteLink(token.attrGet("href"), file) : undefined;
      if (place) token.attrSet("href", place);
      else if (place === "") unlink(inline.slice(at));
    }
  });
}

function unlink(tokens) {
  const end = tokens.find(({ type }) => type === "link_close");
  for (const one of [tokens[0], end]) Object.assign(one, { type: "text", content: "" });
}

function drawDiagrams(md) {
  const { fence } = md.renderer.rules;
  md.renderer.rules.fence = (tokens, at, ...rest) => {
    const { info, content } = tokens[at];
    if (info.trim() !== "mermaid") return fence(tokens, at, ...rest);
    return `<Diagram code="${encodeURIComponent(content)}" />`;
  };
}

/** Each cell of a table gets its column's name: on a phone a row is shown as a list (style.css). */
function nameCells(md) {
  md.core.ruler.push("names-of-cells", ({ tokens }) => {
    let columns = [];
    let column = 0;
    for (const [at, token] of tokens.entries()) {
      if (token.type === "table_open") columns = [];
      if (token.type === "th_open") columns.push(tokens[at + 1].content);
      if (token.type === "tr_open") column = 0;
      if (token.type === "td_open") {
        token.attrSet("data-column", columns[column]);
        column += 1;
      }
    }
  });
}
