/** The frameworks and runtimes, installed by their own lock file before the first of the tests that need them. */
import { prepareFolder } from "../../scripts/bootstrap.mjs";
import { packagesFolder } from "./frameworks.ts";

export async function setup(): Promise<void> {
  await prepareFolder(packagesFolder);
}
