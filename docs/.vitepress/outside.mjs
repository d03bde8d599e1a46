/**
 * Pages of the repository that aren't in docs/: they are shown on the site too, below /repository/, so that
 * each link works there as it does where the repository is browsed.
 */
import { existsSync, readdirSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's folder. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const examples = readdirSync(join(root, "examples")).filter((name) =>
  existsSync(join(root, "examples", name, "README.md")),
);

/** Each page's file, by its name below /repository/. @type {Readonly<Record<string, string>>} */
export const outsidePages = {
  ...Object.fromEntries(examples.map((name) => [name, `examples/${name}/README.md`])),
  architecture: "ARCHITECTURE.md",
  changelog: "CHANGELOG.md",
  contributing: "CONTRIBUTING.md",
  readme: "README.md",
  security: "SECURITY.md",
};

const schemaFile = "schema/surehook.schema.json";

/** The file, from the repository's folder, that a page of the site was made of. */
export function fileOf(/** @type {string} */ pagePath) {
  const name = /^repository\/(.+)\.md$/.exec(pagePath)?.[1];
  return (name && outsidePages[name]) || posix.join("docs", pagePath);
}

/** Where a link of that file leads on the site; undefined: where it says. Empty: to what only the repository has. */
export function siteLink(/** @type {string} */ href, /** @type {string} */ file) {
  if (/^(?:[a-z]+:|#|\/)/i.test(href)) return undefined;
  const [path = "", hash] = href.split("#");
  const target = posix.join(posix.dirname(file), path).replace(/\/$/, "");
  const place = placeOf(target);
  if (!place && existsSync(join(root, target))) return "";
  return place && (hash === undefined ? place : `${place}#${hash}`);
}

function placeOf(/** @type {string} */ target) {
  if (target === schemaFile) return "/surehook.schema.json";
  const inDocs = /^docs\/(.+)\.md$/.exec(target)?.[1];
  if (inDocs) return `/${inDocs}`;
  const found = Object.entries(outsidePages).find(
    ([, file]) => file === target || file === `${target}/README.md`,
  );
  return found && `/repository/${found[0]}`;
}

/** The files that the site is served beside its pages, by their names there. */
export const assets = { "surehook.schema.json": join(root, ...schemaFile.split("/")) };
