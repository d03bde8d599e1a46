/** The fenced blocks of the documents, and what holds each against the code. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

/** A fenced block of a page. */
export type Snippet = {
  /** Page and line, such as `docs/start.md:12`. */
  readonly place: string;
  readonly page: string;
  readonly language: string;
  readonly text: string;
  /** Why it can't be run here, by the comment `<!-- not run: … -->` before it. */
  readonly notRun: string | undefined;
};

/** What is wrong with a snippet. */
export type Fault = { readonly place: string; readonly fault: string };

/** The documents for users: docs/, the README, and the examples' own. What is generated in one is of other projects. */
export function documents(root: string): readonly string[] {
  const below = (folder: string, is: (name: string) => boolean): string[] =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => is(name) && !/node_modules|\.vitepress/.test(name))
      .map((name) => join(folder, name));
  return [
    "README.md",
    ...below("docs", (name) => name.endsWith(".md")),
    ...below("examples", (name) => /^[^/\\]+[/\\]README\.md$/.test(name)),
  ];
}

/** Every fenced block of some documents. */
export function snippetsOf(root: string, pages: readonly string[]): readonly Snippet[] {
  return pages.flatMap((page) =>
    blocksOf(relative(root, join(root, page)), readFileSync(join(root, page), "utf8")),
  );
}

const fence =
  /(?:^[ ]*<!-- not run: (?<why>.+?) -->\n\n?)?^(?<indent> *)```(?<language>\w+)\n(?<text>[\s\S]*?)^ *```$/gm;

/** Every fenced block of a page. */
export function blocksOf(page: string, text: string): readonly Snippet[] {
  return [...text.matchAll(fence)].map(({ index, 0: whole, groups = {} }) => {
    const { why, indent = "", language = "", text: block = "" } = groups;
    const line = text.slice(0, index + whole.indexOf("```")).split("\n").length;
    const lines = block
      .split("\n")
      .map((one) => (one.startsWith(indent) ? one.slice(indent.length) : one));
    return { place: `${page}:${line}`, page, language, text: lines.join("\n"), notRun: why };
  });
}

/** A file that a snippet is, in a folder with those that it goes with. */
export type SnippetFile = {
  readonly path: string;
  readonly text: string;
  readonly snippet: Snippet;
};

/** Files that refer to each other: those of one page, up to where a name comes again. */
export type FileGroup = readonly SnippetFile[];

/**
 * The code of the documents as files. The first line may name one (`// fulfil.ts`); a second of the same
 * name begins a group of its own.
 */
export function filesOf(snippets: readonly Snippet[]): readonly FileGroup[] {
  const code = snippets.filter(({ language, notRun }) => isCode(language) && !notRun);
  return [...Map.groupBy(code, ({ page }) => page).values()].flatMap((ofPage) => {
    const groups: SnippetFile[][] = [[]];
    for (const [at, snippet] of ofPage.entries()) {
      const name = /^\/\/ (\S+\.[cm]?[jt]s)$/m.exec(snippet.text.split("\n", 1)[0] ?? "")?.[1];
      const path = name ?? `snippet-${at}.${snippet.language}`;
      if (groups.at(-1)?.some((file) => file.path === path)) groups.push([]);
      groups.at(-1)?.push({ path, text: moduleOf(snippet.text), snippet });
    }
    return groups;
  });
}

function isCode(language: string): boolean {
  return ["ts", "js", "mjs"].includes(language);
}

/** A few lines of a config are shown alone: sources, such as `shop: hmac({ … }),`. They become a whole one. */
function moduleOf(text: string): string {
  const called = /^\w+: (\w+)\(/.exec(text)?.[1];
  if (called === undefined) return text;
  return `import { defineGateway, secret } from "surehook";
import { ${called} } from "surehook/providers";
export default defineGateway({ sources: { ${text} }, destinations: {}, routes: [] });`;
}

/** Whether a file is a gateway's config. */
export function isConfig({ text }: SnippetFile): boolean {
  return /export default defineGateway\(/.test(text);
}

/** The lines of a shell block as words of one command each, without variables before it and comments. */
export function commandsOf(text: string): readonly (readonly string[])[] {
  return text
    .replaceAll(/\\\n\s*/g, " ")
    .split(/\n|&&|\|\|/)
    .map((line) => wordsOf(line))
    .filter((words) => words.length > 0);
}

/** Words of a line, quotes taken off. */
export function wordsOf(line: string): readonly string[] {
  const words = [...line.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) => word);
  const end = words.findIndex((word) => word.startsWith("#"));
  const own = end < 0 ? words : words.slice(0, end);
  const from = own.findIndex((word) => !/^[A-Z][A-Z0-9_]*=/.test(word));
  return from < 0 ? [] : own.slice(from).map((word) => word.replaceAll(/["']/g, ""));
}
