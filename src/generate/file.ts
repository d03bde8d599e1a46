/** A file that the generator writes, and how its templates become TypeScript or JavaScript. */
import type { Language } from "./choices.ts";

/** A file as it should be. */
export type GeneratedFile = {
  /** From the project's folder, with `/`. */
  readonly path: string;
  /** What it holds where it isn't there yet. */
  readonly text: string;
  /**
   * For a file that is shared with the project: its text with what it lacks, and all else as it was; undefined
   * where it can't be read. Without it the file belongs to the generator until somebody changes it.
   */
  readonly extend?: (existing: string) => string | undefined;
};

/** Where the parts of a project are, which differs by framework and language. */
export type Layout = {
  readonly language: Language;
  /** The folder of `webhooks/`, from the project's: empty or `src/`. */
  readonly base: "" | "src/";
  /** Whether it is functions on AWS Lambda. */
  readonly onLambda: boolean;
};

/**
 * A template in the language of the layout: what stands in `«…»` is for TypeScript only, and a line of nothing
 * else is dropped. `@webhooks/` in an import is the folder of that name, seen from a folder beside it or a test.
 */
export function rendered(template: string, { language, base }: Layout, up = "../../"): string {
  const text = template.replaceAll("@webhooks/", `${up}${base}webhooks/`).trimStart();
  if (language === "typescript") return text.replaceAll(/[«»]/g, "");
  return text
    .replaceAll(/^«[^»]*»\n/gm, "")
    .replaceAll(/«[^»]*»/g, "")
    .replaceAll(/(from|import) "(\.[^"]*)\.ts"/g, '$1 "$2.js"')
    .replaceAll(/\n{3,}/g, "\n\n");
}

/** The ending of modules. */
export function endingOf(language: Language): "ts" | "js" {
  return language === "typescript" ? "ts" : "js";
}
