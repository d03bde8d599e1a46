/** The example of handlers on AWS Lambda: what `surehook init` writes for its senders. */
import { knownSender } from "../../src/app/known-senders.ts";
import { projectFiles } from "../../src/generate/plan.ts";

/** Its folder in the repository. */
export const exampleFolder = "examples/handlers-on-lambda";

const senders = ["stripe", "github", "shopify", "slack", "sendgrid"];

/** The command that writes them elsewhere. */
export const exampleCommand = `surehook init --target lambda --senders ${senders.join(",")} --typescript --no-sender-types --yes`;

/**
 * Files of a project that the example, which is no project, doesn't have: it runs with the packages and the compiler
 * of this repository, and its \`surehook\` is the code beside it.
 */
export const leftOut: readonly string[] = ["package.json", "tsconfig.json"];

/** Files of the example that no project gets: its page, and how it is deployed without a package.json. */
export const addedByHand: readonly string[] = ["README.md", "deploy_dev.sh", "deploy_prod.sh"];

/** Its files by their paths in it. */
export async function exampleFiles(): Promise<Readonly<Record<string, string>>> {
  const project = {
    folder: "",
    name: "handlers-on-lambda",
    isNew: true,
    framework: undefined,
    packageManager: "npm",
    language: "typescript",
    hasVitest: false,
    packages: new Set<string>(),
    isModule: false,
    senders: [],
    takesEndings: true,
  } as const;
  const choices = {
    senders: await Promise.all(senders.map(knownSender)),
    framework: "lambda",
    language: "typescript",
    packageManager: "npm",
    store: undefined,
    senderTypes: false,
  } as const;
  // What has the version in it isn't among them.
  const files = projectFiles(project, choices, "0.0.0");
  const kept = files.filter(({ path }) => !leftOut.includes(path));
  return Object.fromEntries(kept.map(({ path, text }) => [path, text]));
}
