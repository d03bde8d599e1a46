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
    },
  },
  vite: { build: { chunkSizeWarningLimit: 4_000 } },
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
